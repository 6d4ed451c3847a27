package dev.holdfast.system;

import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ThreadLocalRandom;
import java.util.stream.Collectors;
import java.util.stream.Stream;

import dev.holdfast.fixture.Await;
import dev.holdfast.fixture.RedisTopology;
import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;

/// Replicas that are killed in the middle of their work.
class CrashTests {

	private static final int DELIVERIES = Integer.getInteger("holdfast.system.deliveries", 10_000);

	private static final int CONCURRENCY = 64;

	/// A mark waits for the one in flight, and then for its own.
	private static final int FLIGHTS = 2;

	@Test
	void handlesEveryAcknowledgedDeliveryAlthoughReplicasAreKilled() {
		try (RedisTopology redis = RedisTopology.start();
				Site site = Site.create(CrashTests.class, redis.properties());
				WebhookClient client = new WebhookClient()) {
			List<OwnReplica> replicas = Stream.of("a", "b", "c")
				.map((name) -> site.own(name, Map.of(SystemApplication.DELAY, "20ms")))
				.toList();
			replicas.forEach(Replica::awaitServing);
			List<Sample> samples = Sample.withRepeats(DELIVERIES, new Random(7));

			long start = System.nanoTime();
			CompletableFuture<Void> posting = CompletableFuture
				.runAsync(() -> client.deliverAll(samples, CONCURRENCY, () -> any(replicas).webhook()));
			List<Kill> kills = new ArrayList<>();
			for (int i = 0; i < 2; i++) {
				int accepted = DELIVERIES * (i + 1) / 3;
				Await.until(accepted + " answers", Duration.ofSeconds(120), () -> client.answers().size() >= accepted);
				kills.add(kill(replicas.get(i)));
			}
			posting.join();
			Duration posted = Duration.ofNanos(System.nanoTime() - start);
			int repeats = site.awaitHandled(samples);
			Duration drained = Duration.ofNanos(System.nanoTime() - start);

			Set<String> running = new HashSet<>();
			Set<String> unmarked = new HashSet<>();
			kills.forEach((kill) -> kill.sort(site, running, unmarked));
			int bound = running.size() + unmarked.size();
			Site.print("kill -9 of two of three replicas",
					"%d posts of %d deliveries in %d ms, answers %s, drained after %d ms; "
							+ "repeats %d, bound %d (%d running + %d finished in the last marks' flights of %s ms)",
					client.answers().size(), DELIVERIES, posted.toMillis(), WebhookClient.statuses(client.answers()),
					drained.toMillis(), repeats, bound, running.size(), unmarked.size(),
					kills.stream().map((kill) -> kill.flights().toMillis()).toList());
			assertThat(repeats).isLessThanOrEqualTo(bound);
			assertThat(repeated(site)).isSubsetOf(Stream.concat(running.stream(), unmarked.stream()).toList());
		}
	}

	private static Replica any(List<? extends Replica> replicas) {
		return replicas.get(ThreadLocalRandom.current().nextInt(replicas.size()));
	}

	private static Kill kill(OwnReplica replica) {
		double slowest = replica.meters()
			.sum("holdfast_redis_scripts_seconds_max", "script=\"mark\"", "outcome=\"ok\"");
		String incarnation = replica.incarnation();
		replica.kill9();
		Kill kill = new Kill(incarnation, System.nanoTime(), Duration.ofNanos((long) (slowest * FLIGHTS * 1e9)));
		replica.restart();
		return kill;
	}

	private static Set<String> repeated(Site site) {
		return Handled.byKey(site.effects())
			.entrySet()
			.stream()
			.filter((entry) -> entry.getValue().size() > 1)
			.map(Map.Entry::getKey)
			.collect(Collectors.toSet());
	}

	/// A replica was killed.
	///
	/// @param incarnation which
	/// @param at when, at the latest
	/// @param flights how long the mark in flight and the one before took, at most
	private record Kill(String incarnation, long at, Duration flights) {

		/// Adds the idempotency keys of those that its handlers were running, and of
		/// those
		/// that they had finished so short before that their marks may not have been
		/// confirmed.
		void sort(Site site, Set<String> running, Set<String> unmarked) {
			Set<String> finished = new HashSet<>();
			for (Handled effect : site.effects()) {
				if (effect.replica().equals(this.incarnation)) {
					finished.add(effect.idempotencyKey());
					if (this.at - effect.nanos() <= this.flights.toNanos()) {
						unmarked.add(effect.idempotencyKey());
					}
				}
			}
			site.begun()
				.stream()
				.filter((begin) -> begin.replica().equals(this.incarnation))
				.map(Handled::idempotencyKey)
				.filter((key) -> !finished.contains(key))
				.forEach(running::add);
		}

	}

}
