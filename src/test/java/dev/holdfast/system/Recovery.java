package dev.holdfast.system;

import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.OptionalLong;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.LongStream;

import dev.holdfast.system.WebhookClient.Answer;

/// How soon things went on after a fault that struck alone.
final class Recovery {

	private static final Duration AFTERWARDS = Duration.ofSeconds(2);

	private Recovery() {
	}

	/// After a replica was struck, until the last delivery is handled that it had
	/// acknowledged, from the blow on. After a store fault, from its end to the first
	/// 200 of the last replica. After an outage, from its end to the next effect; after
	/// any other, the longest time without one, from the blow on.
	static Duration of(Incident incident, History history) {
		return Duration.ofNanos(switch (incident.fault().part()) {
			case REPLICA -> takenOver(incident, history);
			case STORE -> accepts(incident, history);
			case REDIS, HANDLER,
					MACHINE ->
				incident.fault().isOutage()
						? first(history.effects().stream().mapToLong(Handled::nanos), incident.repaired())
						: longestPause(incident, history);
		});
	}

	private static long takenOver(Incident incident, History history) {
		Set<String> theirs = accepted(history, incident.port())
			.filter((answer) -> answer.answered() < incident.struck())
			.map((answer) -> answer.sample().id())
			.collect(Collectors.toSet());
		Map<String, Long> firsts = history.effects()
			.stream()
			.filter((effect) -> theirs.contains(effect.deliveryId()))
			.collect(Collectors.toMap(Handled::deliveryId, Handled::nanos, Math::min));
		long last = firsts.values().stream().mapToLong(Long::longValue).max().orElse(incident.struck());
		return Math.max(0, last - incident.struck());
	}

	private static long accepts(Incident incident, History history) {
		Set<Integer> ports = history.answers().stream().map(Answer::port).collect(Collectors.toSet());
		return ports.stream()
			.mapToLong((port) -> first(accepted(history, port).filter((answer) -> answer.sent() >= incident.repaired())
				.mapToLong(Answer::answered), incident.repaired()))
			.max()
			.orElse(0);
	}

	private static java.util.stream.Stream<Answer> accepted(History history, int port) {
		return history.answers().stream().filter((answer) -> answer.isAccepted() && answer.port() == port);
	}

	private static long first(LongStream times, long after) {
		OptionalLong first = times.filter((at) -> at >= after).min();
		return first.orElse(after + Duration.ofHours(1).toNanos()) - after;
	}

	private static long longestPause(Incident incident, History history) {
		long end = incident.repaired() + AFTERWARDS.toNanos();
		long last = incident.struck();
		long longest = 0;
		for (long at : history.effects()
			.stream()
			.mapToLong(Handled::nanos)
			.filter((effect) -> effect > incident.struck())
			.sorted()
			.toArray()) {
			longest = (last < end) ? Math.max(longest, at - last) : longest;
			last = at;
		}
		return longest;
	}

	static void print(long seed, List<Incident> incidents, History history) {
		incidents.forEach((incident) -> {
			List<Answer> during = history.sent(incident.struck(), incident.repaired());
			Site.print("faults", "seed %d: %s %s for %d ms, answers %s, p99 %d ms; recovered within %s ms", seed,
					incident.fault(), incident.alone() ? "alone" : "with others",
					Duration.ofNanos(incident.repaired() - incident.struck()).toMillis(),
					WebhookClient.statuses(during),
					during.isEmpty() ? 0 : WebhookClient.percentile(during, 99).toMillis(),
					incident.alone() ? of(incident, history).toMillis() : "-");
		});
	}

}
