package dev.holdfast.system;

import java.net.URI;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.IntStream;
import java.util.stream.Stream;

import dev.holdfast.fixture.Await;
import dev.holdfast.fixture.FaultProxy;
import dev.holdfast.fixture.RedisProcess;
import dev.holdfast.fixture.Toxic;
import dev.holdfast.system.WebhookClient.Answer;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

import org.junit.jupiter.api.parallel.Isolated;

import static org.assertj.core.api.Assertions.assertThat;

/// What deliveries cost in requests to the store and in claims. The store answers as late
/// as real ones do.
@Tag("system")
@Isolated("it is about figures")
class ThroughputTests {

	private final Random random = new Random(3);

	private RedisProcess redis;

	private FaultProxy wayToRedis;

	private Site site;

	private WebhookClient client;

	@BeforeEach
	void start() {
		this.redis = RedisProcess.start();
		this.wayToRedis = FaultProxy.to(this.redis.port());
		this.site = Site.create(ThroughputTests.class, Site.plain(this.wayToRedis.port()));
		this.client = new WebhookClient();
	}

	@AfterEach
	void stop() {
		this.client.close();
		this.site.close();
		this.wayToRedis.close();
		this.redis.close();
	}

	@Test
	void replicasThatDrainOneBacklogRarelyWantTheSameSegment() {
		LocalReplica single = this.site.local("single",
				Map.of("holdfast.process.enabled", "false", "holdfast.buffer.max-deliveries", "1"));
		Map<String, String> slow = slowStore(Duration.ofMillis(100));
		slow.put("holdfast.process.enabled", "false");
		LocalReplica full = this.site.local("full", slow);
		List<LocalReplica> replicas = IntStream.range(0, 3)
			.mapToObj((i) -> this.site.local("r" + i, Map.of()))
			.toList();
		List<Sample> first = Sample.random(1_500, this.random);
		List<Sample> second = Sample.random(6_000, this.random);

		drain("of segments with one delivery each", replicas, () -> this.client.deliverAll(first, 64, single::webhook),
				first);
		List<Sample> both = Stream.concat(first.stream(), second.stream()).toList();
		drain("of full segments", replicas, () -> this.client.deliverAll(second, 512, full::webhook), both);
	}

	/// From so many segments on the share is no matter of luck: of a hundred, one
	/// look that all three take in the same moment decides it.
	private static final int MANY = 500;

	private void drain(String name, List<LocalReplica> replicas, Runnable fill, List<Sample> all) {
		this.wayToRedis.down();
		replicas.forEach((replica) -> Await.until(replica.name() + " misses Redis", Duration.ofSeconds(10),
				() -> "DEGRADED".equals(replica.health().status())));
		fill.run();
		int segments = this.site.waiting();
		double[] before = claims(replicas);

		long start = System.nanoTime();
		this.wayToRedis.up();
		int repeats = this.site.awaitHandled(all);
		Duration took = Duration.ofNanos(System.nanoTime() - start);

		double[] after = claims(replicas);
		double won = after[0] - before[0];
		double lost = after[1] - before[1];
		double share = lost / (won + lost);
		Site.print("three replicas drain a backlog " + name,
				"%d segments in %d ms, claims won %.0f, lost %.0f (%.1f %%), settled %.0f, repeats %d", segments,
				took.toMillis(), won, lost, 100 * share, after[2] - before[2], repeats);
		assertThat(share).isLessThanOrEqualTo((segments >= MANY) ? 0.2 : 0.4);
		assertThat(repeats).isZero();
	}

	private static double[] claims(List<LocalReplica> replicas) {
		List<Scrape> scrapes = replicas.stream().map(Replica::meters).toList();
		return Stream.of("won", "lost", "settled")
			.mapToDouble((result) -> scrapes.stream()
				.mapToDouble((scrape) -> scrape.sum("holdfast_claims_total", "result=\"" + result + "\""))
				.sum())
			.toArray();
	}

	@Test
	void costsTheStoreLittleWhileAHandlerIsDown() {
		int seconds = Integer.getInteger("holdfast.system.outage", 14);
		int count = Integer.getInteger("holdfast.system.outage-replicas", 1);
		List<LocalReplica> replicas = IntStream.range(0, count)
			.mapToObj((i) -> this.site.local("r" + i, slowStore(Duration.ofMillis(30))))
			.toList();
		replicas.forEach(Replica::awaitServing);
		double before = requests(replicas);
		this.site.failing(true);

		AtomicInteger turn = new AtomicInteger();
		long end = System.nanoTime() + Duration.ofSeconds(seconds).toNanos();
		List<Answer> answers = this.client.postSteadily(500,
				() -> replicas.get(turn.getAndIncrement() % replicas.size()).webhook(),
				() -> Sample.random(this.random), () -> System.nanoTime() - end < 0);
		double down = requests(replicas) - before;
		this.site.failing(false);
		long up = System.nanoTime();
		int repeats = this.site.awaitHandled(answers.stream().filter(Answer::isAccepted).map(Answer::sample).toList(),
				answers.stream().map(Answer::sample).toList());
		Duration drained = Duration.ofNanos(System.nanoTime() - up);

		double all = requests(replicas) - before;
		Site.print("handler down for " + seconds + " s at 500/s",
				"%d replica(s), 30 ms per request: %d deliveries, answers %s, %.0f store requests while down, %.0f until drained "
						+ "(%.1f per 1,000), drained after %d ms, repeats %d; %s",
				count, answers.size(), WebhookClient.statuses(answers), down, all, 1000 * all / answers.size(),
				drained.toMillis(), repeats, operations(replicas));
		assertThat(1000 * all / answers.size()).isLessThanOrEqualTo(100);
		assertThat(WebhookClient.statuses(answers).keySet()).containsExactly(200);
		assertThat(repeats).isZero();
	}

	private static double requests(List<LocalReplica> replicas) {
		return replicas.stream().mapToDouble((replica) -> replica.meters().storeRequests()).sum();
	}

	private static String operations(List<LocalReplica> replicas) {
		List<Scrape> scrapes = replicas.stream().map(Replica::meters).toList();
		return String.join(", ",
				Stream.of("put", "get", "list", "head", "copy", "delete")
					.map((operation) -> "%s %.0f".formatted(operation,
							scrapes.stream()
								.mapToDouble((scrape) -> scrape.storeRequests("operation=\"" + operation + "\""))
								.sum()))
					.toList());
	}

	/// The way to the store with this latency for each request.
	private Map<String, String> slowStore(Duration latency) {
		FaultProxy proxy = this.site.keep(FaultProxy.to(this.site.store().port()));
		proxy.downstream(new Toxic.Latency(latency));
		return new LinkedHashMap<>(
				Map.of("holdfast.store.endpoint", URI.create("http://127.0.0.1:" + proxy.port()).toString()));
	}

}
