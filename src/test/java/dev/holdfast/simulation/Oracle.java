package dev.holdfast.simulation;

import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.stream.Collectors;

import dev.holdfast.buffer.SegmentDecoder;
import dev.holdfast.buffer.SegmentKey;
import dev.holdfast.delivery.Delivery;
import dev.holdfast.delivery.Identity;

/// Knows what was sent, what was acknowledged, and every effect, and judges a run by it:
/// nothing acknowledged is lost, nothing is handled that was not sent, and each repeat is
/// explained by a window that was open.
final class Oracle {

	/// How long an effect may take, and its mark.
	private static final Duration UNDER_WAY = Duration.ofSeconds(90);

	private static final int MOST_RUNS = 12;

	private final World world;

	private final Faults faults;

	private final Set<String> sent = new HashSet<>();

	private final Map<String, Delivery> acknowledged = new TreeMap<>();

	/// How often each effect was had, by handler and idempotency key.
	private final Map<String, Integer> effects = new TreeMap<>();

	private final Map<String, Long> lastHad = new HashMap<>();

	/// The last time each window was open.
	private final Map<String, Long> windows = new TreeMap<>();

	private final Set<String> overstayed = new HashSet<>();

	private final Set<String> unexplained = new HashSet<>();

	Oracle(World world, Faults faults) {
		this.world = world;
		this.faults = faults;
	}

	void sends(Delivery delivery) {
		this.sent.add(Identity.of(delivery).value());
	}

	void acknowledged(Delivery delivery) {
		this.acknowledged.put(delivery.id().value(), delivery);
	}

	/// A window opens that may explain repeats.
	void window(String name) {
		this.windows.put(name, this.world.nanoTime());
		this.faults.happened(name);
	}

	/// A handler goes on after its deadline.
	void overstays(String effect) {
		this.overstayed.add(effect);
	}

	/// Counts an effect; one that was had before must be explained by a window that was
	/// open
	/// since, or while the earlier one was under way.
	void had(String effect) {
		Long before = this.lastHad.put(effect, this.world.nanoTime());
		this.effects.merge(effect, 1, Integer::sum);
		if (before == null) {
			return;
		}
		if (this.overstayed.contains(effect)) {
			this.faults.happened("repeat in W12 handler ignores its deadline");
			return;
		}
		long since = before - UNDER_WAY.toNanos();
		this.windows.entrySet()
			.stream()
			.filter((window) -> window.getValue() >= since)
			.findFirst()
			.ifPresentOrElse((window) -> this.faults.happened("repeat in " + window.getKey()),
					() -> this.unexplained.add(effect));
	}

	/// How often an effect was had that had been had already.
	int repeats() {
		return this.effects.values().stream().mapToInt((times) -> times - 1).sum();
	}

	/// Judges the run, once everything is drained.
	/// @throws AssertionError with what is wrong
	void judge(SimulatedStore store, List<String> handlers) {
		Set<String> dead = dead(store);
		String unreadable = store.under(SegmentKey.CORRUPT)
			.values()
			.stream()
			.map((bytes) -> new String(bytes, StandardCharsets.ISO_8859_1))
			.collect(Collectors.joining());
		this.acknowledged.forEach((id, delivery) -> {
			for (String handler : handlers) {
				if (!isAccounted(delivery, handler, dead)
						&& !unreadable.contains("X-Shopify-Webhook-Id: " + id + "\r\n")) {
					throw new AssertionError("lost: " + id + " for " + handler);
				}
			}
		});
		if (!this.unexplained.isEmpty()) {
			throw new AssertionError("repeats that no window explains: " + this.unexplained);
		}
		for (String effect : this.effects.keySet()) {
			if (!this.sent.contains(effect.substring(effect.indexOf(' ') + 1, effect.lastIndexOf('.')))) {
				throw new AssertionError("unexpected: " + effect);
			}
		}
	}

	private boolean isAccounted(Delivery delivery, String handler, Set<String> dead) {
		String identity = Identity.of(delivery).value();
		for (int run = 0; run < MOST_RUNS; run++) {
			if (this.effects.containsKey(handler + " " + identity + "." + run)
					|| dead.contains(letter(identity, run, null)) || dead.contains(letter(identity, run, handler))) {
				return true;
			}
		}
		return false;
	}

	private static Set<String> dead(SimulatedStore store) {
		Set<String> dead = new HashSet<>();
		store.under(SegmentKey.DEAD_LETTER)
			.forEach((key, bytes) -> SegmentDecoder.decode(SegmentKey.parse(key).orElseThrow(), bytes)
				.copies()
				.forEach((copy) -> dead.add(letter(Identity.of(copy.delivery()).value(), copy.envelope().run(),
						copy.envelope().handler()))));
		return dead;
	}

	private static String letter(String identity, int run, String handler) {
		return identity + "#" + run + "@" + handler;
	}

}
