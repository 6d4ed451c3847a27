package dev.holdfast.bench;

import java.util.LinkedHashMap;
import java.util.Map;

import org.jspecify.annotations.Nullable;

/// What is reported of a trial, by name.
final class Figures {

	static final String PEAK = "peak/s";

	static final String ACCEPTED = "200s/s";

	static final String OTHERS = "non-200";

	static final String EFFECTS = "effects/s";

	static final String MISSING = "missing";

	static final String REPEATED = "repeated";

	private static final int KB = 1 << 10;

	private Figures() {
	}

	/// What the senders saw.
	static Map<String, Object> received(Tally tally) {
		Map<String, Object> figures = new LinkedHashMap<>();
		figures.put(ACCEPTED, tally.perSecond());
		figures.putAll(tally.accepted.summary(""));
		figures.putAll(tally.served.summary("served "));
		figures.put(OTHERS, tally.withoutAcceptance());
		figures.put("non-200 by cause", tally.others);
		figures.putAll(tally.refused.summary("refused "));
		return figures;
	}

	/// What it took, until everything was processed.
	/// @param webhooks how many were accepted
	static Map<String, Object> used(Stand.Usage before, Stand.Usage after, double peak, int webhooks,
			@Nullable Tally tally) {
		double each = 1000.0 / Math.max(1, webhooks);
		Map<String, Object> figures = new LinkedHashMap<>();
		figures.put("seconds", after.seconds(before));
		figures.put("CPU ms", each * (after.service() - before.service()));
		figures.put("Redis CPU ms", each * (after.redis() - before.redis()));
		figures.put("store CPU ms", each * (after.store() - before.store()));
		if (tally != null) {
			figures.put("sender CPU ms", each * tally.cpu);
		}
		figures.put("bench CPU ms", each * (after.bench() - before.bench()));
		figures.put("foreign %", after.foreign(before));
		figures.put("RSS MB", peak);
		figures.put("alloc KB", (double) (after.allocated() - before.allocated()) / Math.max(1, webhooks) / KB);
		StoreCounts.Reading requests = after.requests().since(before.requests());
		figures.put("requests", each * requests.all());
		for (StoreCounts.Kind kind : StoreCounts.Kind.values()) {
			figures.put(kind.word(), each * requests.of(kind));
		}
		figures.put("slow-downs", requests.slowDowns());
		return figures;
	}

	/// Of what was first accepted since then.
	static Map<String, Object> processed(Stand stand, long since) {
		Latencies latencies = new Latencies();
		long first = Long.MAX_VALUE;
		long last = since;
		for (int i = 0; i < stand.journal().sent(); i++) {
			long accepted = stand.journal().acknowledged(i);
			long effect = stand.effects().at(i);
			if (accepted >= since && effect > 0) {
				latencies.add(Math.max(0, effect - accepted));
				first = Math.min(first, effect);
				last = Math.max(last, effect);
			}
		}
		Map<String, Object> figures = new LinkedHashMap<>();
		figures.put(EFFECTS, latencies.count() * 1e9 / Math.max(1, last - first));
		figures.putAll(latencies.summary("effect "));
		return figures;
	}

	/// Whether each acknowledged delivery has had its effect exactly once.
	static Map<String, Object> reckoning(Stand stand) {
		Map<String, Object> figures = new LinkedHashMap<>();
		figures.put("acknowledged", stand.journal().acknowledged());
		figures.put(MISSING, stand.effects().missing(stand.journal()));
		figures.put(REPEATED, stand.effects().repeats());
		return figures;
	}

}
