package dev.holdfast.system;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
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
import java.util.stream.IntStream;
import java.util.stream.Stream;

import dev.holdfast.fixture.Await;
import dev.holdfast.fixture.RedisProcess;
import dev.holdfast.fixture.RedisTopology;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;

/// Replicas that are killed in the middle of their work.
@Tag("system")
class CrashTests {

	private static final int DELIVERIES = Integer.getInteger("holdfast.system.deliveries", 10_000);

	private static final int CONCURRENCY = 64;

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
				kills.add(kill(replicas.get(i), redis.currentPrimary()));
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
							+ "repeats %d, bound %d (%d running + %d finished and not marked)",
					client.answers().size(), DELIVERIES, posted.toMillis(), WebhookClient.statuses(client.answers()),
					drained.toMillis(), repeats, bound, running.size(), unmarked.size());
			assertThat(repeats).isLessThanOrEqualTo(bound);
			assertThat(bound).as("the marks keep up with the handlers").isLessThan(DELIVERIES / 10);
			assertThat(repeated(site)).isSubsetOf(Stream.concat(running.stream(), unmarked.stream()).toList());
		}
	}

	/// With the option that the image has. What went on without its memory would be half
	/// of a replica: a pool that is closed, a thread that is gone.
	@Test
	void endsWhereAHandlerTakesAllMemoryAndLosesNothing() throws IOException {
		try (RedisProcess redis = RedisProcess.start();
				Site site = Site.create(CrashTests.class, Site.plain(redis.port()));
				WebhookClient client = new WebhookClient()) {
			OwnReplica replica = site.own("a", Map.of());
			replica.awaitServing();
			Path hold = Files.createFile(site.directory().resolve("hold-" + replica.incarnation()));
			List<Sample> samples = Sample.random(1, new Random(17));
			client.deliverAll(samples, 1, replica::webhook);
			Path greedy = Files.createFile(site.directory().resolve("greedy"));
			Files.delete(hold);
			Await.until("the end of it", Duration.ofSeconds(30), () -> !replica.isAlive());
			assertThat(site.effects()).isEmpty();

			Files.delete(greedy);
			// or its lease of 30 s would have to end first
			redis.command("FLUSHALL");
			replica.restart();
			assertThat(site.awaitHandled(samples)).as("repeats").isZero();
		}
	}

	private static Replica any(List<? extends Replica> replicas) {
		return replicas.get(ThreadLocalRandom.current().nextInt(replicas.size()));
	}

	/// Kills a replica, and asks Redis at once what it had marked.
	private static Kill kill(OwnReplica replica, RedisProcess redis) {
		String incarnation = replica.incarnation();
		replica.kill9();
		Set<String> marked = marked(redis);
		replica.restart();
		return new Kill(incarnation, marked);
	}

	/// The idempotency keys of all deliveries that are marked as handled.
	private static Set<String> marked(RedisProcess redis) {
		List<String> records = redis.list("KEYS", "*:d:*").stream().map(String::valueOf).toList();
		List<@Nullable Object> values = redis
			.list(Stream.concat(Stream.of("MGET"), records.stream()).toArray(String[]::new));
		return IntStream.range(0, records.size())
			.filter((i) -> String.valueOf(values.get(i)).startsWith("done|"))
			.mapToObj((i) -> records.get(i).substring(records.get(i).indexOf(":d:") + 3).replace('#', '.'))
			.collect(Collectors.toSet());
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
	/// @param marked the idempotency keys of what was marked by then, by any replica
	private record Kill(String incarnation, Set<String> marked) {

		/// Adds the idempotency keys of what its handlers were running, and of what
		/// they had finished while its mark was on the way (windows W1 and W3).
		void sort(Site site, Set<String> running, Set<String> unmarked) {
			Set<String> finished = keys(site.effects());
			finished.stream().filter((key) -> !this.marked.contains(key)).forEach(unmarked::add);
			keys(site.begun()).stream().filter((key) -> !finished.contains(key)).forEach(running::add);
		}

		private Set<String> keys(List<Handled> lines) {
			return lines.stream()
				.filter((line) -> line.replica().equals(this.incarnation))
				.map(Handled::idempotencyKey)
				.collect(Collectors.toSet());
		}

	}

}
