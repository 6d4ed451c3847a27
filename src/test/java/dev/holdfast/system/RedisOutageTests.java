package dev.holdfast.system;

import java.net.URI;
import java.time.Duration;
import java.util.Collection;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.BooleanSupplier;
import java.util.function.Supplier;
import java.util.stream.Stream;

import dev.holdfast.fixture.Await;
import dev.holdfast.fixture.RedisProcess;
import dev.holdfast.fixture.RedisTopology;
import dev.holdfast.fixture.TopologyOptions;
import dev.holdfast.system.WebhookClient.Answer;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.MethodOrderer;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.TestMethodOrder;

import static org.assertj.core.api.Assertions.assertThat;

/// Redis that goes away, whole or in part, under two replicas that receive all the while.
/// All of them have the rights of `deploy/redis` and no others.
@Tag("system")
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
@TestMethodOrder(MethodOrderer.OrderAnnotation.class)
class RedisOutageTests {

	private static final Duration DOWN_AFTER = Duration.ofSeconds(2);

	private static final Duration RESUMED_WITHIN = DOWN_AFTER.plusSeconds(10);

	/// How a p95 may differ on a busy machine: by this factor, or up to less than the
	/// half second that a request takes which waits for Redis; while it is frozen all
	/// would, for seconds.
	private static final int FACTOR = 3;

	private static final Duration NOISE = Duration.ofMillis(400);

	private static final Sample FORGED = Sample.of(new byte[1000]);

	private static final int PER_SECOND = 100;

	private final RedisTopology redis = RedisTopology
		.start(TopologyOptions.defaults().downAfter(DOWN_AFTER).withLeastRights());

	private final Random random = new Random(11);

	private final Collection<Sample> accepted = new ConcurrentLinkedQueue<>();

	private final Collection<Sample> sent = new ConcurrentLinkedQueue<>();

	private Site site;

	private List<LocalReplica> replicas;

	private WebhookClient client;

	private Posted before;

	@BeforeAll
	void start() {
		this.site = Site.create(RedisOutageTests.class, this.redis.properties());
		this.client = new WebhookClient();
		this.replicas = List.of(this.site.local("a", Map.of()), this.site.local("b", Map.of()));
		awaitHandling();
		this.before = post(seconds(3));
	}

	@AfterAll
	void stop() {
		this.client.close();
		this.site.close();
		this.redis.close();
	}

	@BeforeEach
	void settle() {
		this.redis.awaitAgreement();
	}

	@AfterEach
	void nothingIsLost() {
		this.site.awaitHandled(this.accepted, this.sent);
	}

	@Test
	void receivesWithoutRedisAndDrainsWhenItIsBack() {
		stopAll();
		Posted during = post(seconds(4));
		assertUnaffected("Redis stopped altogether", during);
		assertThat(this.replicas).allSatisfy((replica) -> {
			assertThat(replica.health().code()).isEqualTo(200);
			assertThat(replica.health().status()).isEqualTo("DEGRADED");
		});

		long back = System.nanoTime();
		startAll();
		long agreed = System.nanoTime();
		int repeats = this.site.awaitHandled(this.accepted, this.sent);
		Site.print("Redis back", "all started after %d ms, backlog of %d drained after %d ms, repeats %d",
				millis(back, agreed), during.genuine.size(), millis(back, System.nanoTime()), repeats);
		awaitUp();
	}

	@Test
	void startsWithoutRedis() {
		stopAll();
		long start = System.nanoTime();
		try (LocalReplica late = this.site.local("late", Map.of())) {
			late.awaitServing();
			long served = System.nanoTime();
			Sample sample = Sample.random(this.random);
			assertThat(this.client.post(late.webhook(), sample).status()).isEqualTo(200);
			this.accepted.add(sample);
			this.sent.add(sample);
			assertThat(late.health().status()).isEqualTo("DEGRADED");
			startAll();
			this.site.awaitHandled(this.accepted, this.sent);
			Await.until("the late replica finds Redis", RESUMED_WITHIN, () -> "UP".equals(late.health().status()));
			Site.print("started without Redis", "served after %d ms", millis(start, served));
		}
		awaitUp();
	}

	@Test
	void resumesWhenThePrimaryIsKilled() {
		RedisProcess primary = this.redis.currentPrimary();
		fault("primary killed", () -> {
			primary.kill();
			return () -> resumed(primary);
		}, () -> this.redis.rejoin(primary));
	}

	@Test
	void resumesWhenThePrimaryIsFrozen() {
		RedisProcess primary = this.redis.currentPrimary();
		fault("primary frozen", () -> {
			primary.freeze();
			return () -> resumed(primary);
		}, () -> this.redis.rejoin(primary));
	}

	/// First, while no Sentinel has yet seen a failover: hasty ones sometimes take an
	/// order after one and never carry it out.
	@Test
	@Order(1)
	void resumesAfterAPlannedFailover() {
		fault("planned failover", () -> {
			this.redis.failover();
			return () -> true;
		}, () -> {
		});
	}

	@Test
	void resumesWhenThePrimaryIsKilledAndTheFirstSentinelIsFrozen() {
		RedisProcess primary = this.redis.currentPrimary();
		RedisProcess sentinel = this.redis.sentinels().processes().getFirst();
		fault("primary killed, first Sentinel frozen", () -> {
			sentinel.freeze();
			primary.kill();
			return () -> resumed(primary);
		}, () -> {
			sentinel.thaw();
			this.redis.rejoin(primary);
		});
	}

	private boolean resumed(RedisProcess former) {
		return this.redis.nodes()
			.stream()
			.filter((node) -> node != former)
			.anyMatch((node) -> "master".equals(node.list("ROLE").getFirst()));
	}

	/// Posts all the while; breaks something after a second; goes on until what is posted
	/// after the repair is handled.
	private void fault(String name, Fault fault, Runnable repair) {
		List<Handled> earlier = this.site.effects();
		int repeatedBefore = earlier.size() - Handled.byKey(earlier).size();
		AtomicBoolean done = new AtomicBoolean();
		CompletableFuture<Posted> posting = CompletableFuture.supplyAsync(() -> post(() -> !done.get()),
				Thread::startVirtualThread);
		long broken;
		long repaired;
		Posted during;
		try {
			this.site.awaitEffects(50, RESUMED_WITHIN);
			broken = System.nanoTime();
			BooleanSupplier over = fault.strike();
			Await.until(name + " is over", RESUMED_WITHIN, over);
			repaired = System.nanoTime();
			this.site.awaitEffects(100, RESUMED_WITHIN.multipliedBy(2));
		}
		finally {
			done.set(true);
			during = posting.join();
			repair.run();
		}
		Duration pause = longestPause(broken);
		int repeats = this.site.awaitHandled(this.accepted, this.sent) - repeatedBefore;
		Site.print(name, "failover after %d ms, longest pause of processing %d ms of %d allowed, repeats %d",
				millis(broken, repaired), pause.toMillis(), RESUMED_WITHIN.toMillis(), repeats);
		assertUnaffected(name, during);
		assertThat(pause).isLessThan(RESUMED_WITHIN);
	}

	/// The longest time after a moment in which no handler had an effect.
	private Duration longestPause(long from) {
		long last = from;
		long longest = 0;
		for (long next : this.site.effects()
			.stream()
			.mapToLong(Handled::nanos)
			.filter((at) -> at > from)
			.sorted()
			.toArray()) {
			longest = Math.max(longest, next - last);
			last = next;
		}
		return Duration.ofNanos(longest);
	}

	/// Compares with the time before, and with forged posts at the same time, which
	/// show what the machine adds.
	private void assertUnaffected(String name, Posted during) {
		Duration p95 = WebhookClient.percentile(during.genuine, 95);
		Duration p95Before = WebhookClient.percentile(this.before.genuine, 95);
		Duration p95Forged = WebhookClient.percentile(during.forged, 95);
		Site.print(name,
				"%d posts, answers %s, p99 %.1f ms, p95 %.1f ms (before %.1f ms, forged %.1f ms), p50 %.1f ms (before %.1f ms)",
				during.genuine.size(), WebhookClient.statuses(during.genuine),
				WebhookClient.percentile(during.genuine, 99).toNanos() / 1e6, p95.toNanos() / 1e6,
				p95Before.toNanos() / 1e6, p95Forged.toNanos() / 1e6,
				WebhookClient.percentile(during.genuine, 50).toNanos() / 1e6,
				WebhookClient.percentile(this.before.genuine, 50).toNanos() / 1e6);
		assertThat(WebhookClient.statuses(during.genuine).keySet()).as("answers while " + name).isEqualTo(Set.of(200));
		Duration bound = Stream.of(p95Before.multipliedBy(FACTOR), p95Forged.multipliedBy(FACTOR), NOISE)
			.max(Comparator.naturalOrder())
			.orElseThrow();
		assertThat(p95).as("p95 while " + name).isLessThan(bound);
	}

	private Posted post(BooleanSupplier more) {
		Supplier<URI> any = () -> this.replicas.get(ThreadLocalRandom.current().nextInt(this.replicas.size()))
			.webhook();
		CompletableFuture<List<Answer>> forged = CompletableFuture.supplyAsync(
				() -> this.client.forgeSteadily(PER_SECOND, any, () -> FORGED, more), Thread::startVirtualThread);
		List<Answer> answers = this.client.postSteadily(PER_SECOND, any, () -> Sample.random(this.random), more);
		answers.stream().map(Answer::sample).forEach(this.sent::add);
		answers.stream().filter(Answer::isAccepted).map(Answer::sample).forEach(this.accepted::add);
		return new Posted(answers, forged.join());
	}

	private static BooleanSupplier seconds(int seconds) {
		long end = System.nanoTime() + Duration.ofSeconds(seconds).toNanos();
		return () -> System.nanoTime() - end < 0;
	}

	private void awaitHandling() {
		List<Sample> warm = Sample.random(500, this.random);
		this.accepted.addAll(warm);
		this.sent.addAll(warm);
		this.client.deliverAll(warm, 8, this.replicas.getFirst()::webhook);
		this.site.awaitHandled(this.accepted, this.sent);
		awaitUp();
	}

	private void awaitUp() {
		this.replicas.forEach((replica) -> Await.until(replica.name() + " is up", RESUMED_WITHIN,
				() -> "UP".equals(replica.health().status())));
	}

	private void stopAll() {
		this.redis.sentinels().processes().forEach(RedisProcess::kill);
		this.redis.nodes().forEach(RedisProcess::kill);
	}

	private void startAll() {
		this.redis.nodes().forEach(RedisProcess::restart);
		this.redis.sentinels().restart();
		this.redis.awaitAgreement();
	}

	private static long millis(long from, long to) {
		return Duration.ofNanos(to - from).toMillis();
	}

	/// What was posted at a time.
	private record Posted(List<Answer> genuine, List<Answer> forged) {
	}

	/// Breaks something.
	private interface Fault {

		/// @return whether it is over
		BooleanSupplier strike();

	}

}
