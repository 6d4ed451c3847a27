package dev.holdfast.system;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

import dev.holdfast.delivery.Sha256;
import dev.holdfast.system.WebhookClient.Answer;

/// What came of it, once all is drained, after Jepsen's total-queue checker: lost was
/// acknowledged, and never handled nor kept as a dead letter; unexpected was handled
/// and never sent, or with another body; recovered was handled although it was not
/// acknowledged. Every repeat is put down to a window that some incident opened, or is
/// unattributed.
///
/// @param posts answers, of any kind
/// @param acknowledgements answers of 200
/// @param acknowledged deliveries that got one
/// @param dead deliveries among the dead letters
record Reckoning(int posts, long acknowledgements, int acknowledged, int handled, Set<String> lost,
		Set<String> unexpected, int recovered, int dead, Map<String, Tally> repeats, List<String> unattributed) {

	private static final Pattern ID = Pattern.compile("(?im)^x-shopify-webhook-id: *(\\S+)$");

	private static final Pattern LENGTH = Pattern.compile("(?im)^content-length: *(\\d+)$");

	static Reckoning of(History history, Collection<byte[]> deadLetters, List<Incident> incidents) {
		Map<String, Sample> samples = Sample.byId(history.answers());
		Set<String> acknowledged = history.acknowledged();
		Set<String> handled = new HashSet<>();
		Set<String> unexpected = new HashSet<>();
		for (Handled effect : history.effects()) {
			Sample sample = samples.get(effect.deliveryId());
			handled.add(effect.deliveryId());
			if (sample == null || !sample.sha256().equals(effect.sha256())) {
				unexpected.add(effect.deliveryId());
			}
		}
		Set<String> dead = new HashSet<>();
		deadLetters.forEach((segment) -> read(segment, samples, dead));
		Set<String> lost = new HashSet<>(acknowledged);
		lost.removeAll(handled);
		lost.removeAll(dead);
		Set<String> recovered = new HashSet<>(handled);
		recovered.removeAll(acknowledged);
		Map<String, Tally> repeats = new TreeMap<>();
		List<String> unattributed = new ArrayList<>();
		attribute(history, incidents, repeats, unattributed);
		return new Reckoning(history.answers().size(), history.answers().stream().filter(Answer::isAccepted).count(),
				acknowledged.size(), handled.size(), lost, unexpected, recovered.size(), dead.size(), repeats,
				unattributed);
	}

	/// The deliveries of a stored segment whose bodies are whole, by a reader that shares
	/// no code with the one under test.
	static void read(byte[] segment, Map<String, Sample> samples, Set<String> found) {
		String text = new String(segment, StandardCharsets.ISO_8859_1);
		int from = 0;
		for (int end = text.indexOf("\r\n\r\n"); end >= 0; end = text.indexOf("\r\n\r\n", from)) {
			String head = text.substring(from, end + 2);
			Matcher id = ID.matcher(head);
			Matcher length = LENGTH.matcher(head);
			if (!id.find() || !length.find()) {
				return;
			}
			int to = Math.min(text.length(), end + 4 + Integer.parseInt(length.group(1)));
			String sha256 = HexFormat.of()
				.formatHex(Sha256.of(text.substring(end + 4, to).getBytes(StandardCharsets.ISO_8859_1)));
			Sample sample = samples.get(id.group(1));
			if (sample != null && sample.sha256().equals(sha256)) {
				found.add(sample.id());
			}
			from = to;
		}
	}

	private static void attribute(History history, List<Incident> incidents, Map<String, Tally> repeats,
			List<String> unattributed) {
		List<Allowance> allowances = incidents.stream()
			.filter((incident) -> incident.excuse() != null)
			.map((incident) -> Allowance.of(incident, history))
			.toList();
		allowances
			.forEach((allowance) -> repeats.merge(allowance.name, new Tally(0, allowance.left.size()), Tally::plus));
		Handled.byKey(history.effects()).values().forEach((effects) -> {
			List<Handled> inTurn = effects.stream().sorted(Comparator.comparingLong(Handled::nanos)).toList();
			for (Handled repeat : inTurn.subList(1, inTurn.size())) {
				allowances.stream()
					.filter((allowance) -> allowance.takes(repeat))
					.findFirst()
					.ifPresentOrElse((allowance) -> repeats.merge(allowance.name, new Tally(1, 0), Tally::plus),
							() -> unattributed.add(inTurn.toString()));
			}
		});
	}

	/// Totals over several.
	static String totals(List<Reckoning> all) {
		Map<String, Tally> repeats = new TreeMap<>();
		all.forEach((one) -> one.repeats.forEach((name, tally) -> repeats.merge(name, tally, Tally::plus)));
		return "posts %d, acknowledgements %d, acknowledged deliveries %d, handled %d, lost %d, unexpected %d, recovered %d, dead letters %d, repeats %d %s, unattributed %d"
			.formatted(all.stream().mapToInt(Reckoning::posts).sum(),
					all.stream().mapToLong(Reckoning::acknowledgements).sum(),
					all.stream().mapToInt(Reckoning::acknowledged).sum(),
					all.stream().mapToInt(Reckoning::handled).sum(),
					all.stream().mapToInt((one) -> one.lost.size()).sum(),
					all.stream().mapToInt((one) -> one.unexpected.size()).sum(),
					all.stream().mapToInt(Reckoning::recovered).sum(), all.stream().mapToInt(Reckoning::dead).sum(),
					repeats.values().stream().mapToInt(Tally::repeats).sum(), repeats,
					all.stream().mapToInt((one) -> one.unattributed.size()).sum());
	}

	/// How often keys were repeated, of so many that were in flight.
	record Tally(int repeats, int inFlight) {

		Tally plus(Tally other) {
			return new Tally(this.repeats + other.repeats, this.inFlight + other.inFlight);
		}

		@Override
		public String toString() {
			return this.repeats + " of " + this.inFlight;
		}

	}

	/// The keys that an incident may have had repeated, each once.
	private record Allowance(String name, long from, Map<String, Boolean> left) {

		static Allowance of(Incident incident, History history) {
			Map<String, Boolean> left = new HashMap<>();
			incident.excuse().keys().apply(history).forEach((key) -> left.put(key, true));
			return new Allowance(incident.excuse().window() + " " + incident.fault(), incident.excuse().from(), left);
		}

		boolean takes(Handled repeat) {
			return repeat.nanos() >= this.from && this.left.remove(repeat.idempotencyKey()) != null;
		}

	}

}
