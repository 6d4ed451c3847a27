package dev.holdfast.system;

import java.time.Duration;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.stream.Stream;

import dev.holdfast.fixture.Await;
import dev.holdfast.fixture.RedisTopology;
import dev.holdfast.system.WebhookClient.Answer;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.parallel.Isolated;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

/// Replicas that are told to stop.
@Tag("system")
@Isolated("a JVM that starts takes both cores, and who waits for them five seconds gets no answer")
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class RestartTests {

	private static final Duration DRAIN_DELAY = Duration.ofSeconds(2);

	/// For handlers, then for those that were interrupted, and some for the rest.
	private static final Duration SETTLING = Duration.ofSeconds(15 + 3 + 4);

	private static final Duration HANDED_OVER = Duration.ofSeconds(15);

	private static final int PER_SECOND = 100;

	private final RedisTopology redis = RedisTopology.start();

	private final Random random = new Random(9);

	private final Collection<Sample> accepted = new ConcurrentLinkedQueue<>();

	private final Collection<Sample> sent = new ConcurrentLinkedQueue<>();

	private final WebhookClient client = new WebhookClient();

	private Site site;

	private List<OwnReplica> replicas;

	@BeforeAll
	void start() {
		this.site = Site.create(RestartTests.class, this.redis.properties());
		Map<String, String> delay = Map.of("holdfast.drain-delay", DRAIN_DELAY.toMillis() + "ms");
		this.replicas = Stream.of("a", "b", "c").map((name) -> this.site.own(name, delay)).toList();
		this.replicas.forEach(Replica::awaitServing);
	}

	@AfterAll
	void stop() {
		this.client.close();
		this.site.close();
		this.redis.close();
	}

	@Test
	void answersNothingButOkWhileReplicasAreRestartedInTurn() {
		assumeTrue(Balancer.isInstalled(), "haproxy is not on the PATH: the rolling restart is not tried");
		Balancer balancer = this.site.keep(Balancer.start(this.site.directory(), this.replicas));
		Sample warm = Sample.random(this.random);
		this.client.deliver(balancer::webhook, warm);
		this.accepted.add(warm);
		this.sent.add(warm);

		AtomicBoolean done = new AtomicBoolean();
		CompletableFuture<List<Answer>> posting = CompletableFuture.supplyAsync(() -> this.client
			.postSteadily(PER_SECOND, balancer::webhook, () -> Sample.random(this.random), () -> !done.get()));
		List<Answer> answers;
		try {
			for (OwnReplica replica : this.replicas) {
				assertThat(replica.terminate(DRAIN_DELAY.plus(SETTLING))).as(replica.name() + " ends by itself")
					.isTrue();
				replica.restart();
				replica.awaitServing();
				Await.until(replica.name() + " receives", Duration.ofSeconds(10),
						() -> replica.meters().sum("holdfast_deliveries_accepted_total") > 0);
			}
		}
		finally {
			done.set(true);
			answers = posting.join();
		}
		answers.stream().filter(Answer::isAccepted).map(Answer::sample).forEach(this.accepted::add);
		this.sent.addAll(answers.stream().map(Answer::sample).toList());
		int repeats = this.site.awaitHandled(this.accepted, this.sent);
		Site.print("rolling restart of three replicas at 100/s", "%d posts, answers %s, p99 %d ms, repeats %d",
				answers.size(), WebhookClient.statuses(answers), WebhookClient.percentile(answers, 99).toMillis(),
				repeats);
		assertThat(WebhookClient.statuses(answers).keySet()).isEqualTo(Set.of(200));
		assertThat(repeats).isZero();
	}

	@Test
	void leavesWhatItsHandlersWereDoingToAnotherReplica() {
		OwnReplica leaving = this.replicas.getFirst();
		String incarnation = leaving.incarnation();
		this.site.holding(incarnation, true);
		List<Sample> held = Sample.random(20, this.random);
		this.client.deliverAll(held, 4, leaving::webhook);
		this.accepted.addAll(held);
		Set<String> ids = Set.copyOf(held.stream().map(Sample::id).toList());
		Await.until("handlers that run", Duration.ofSeconds(10),
				() -> this.site.begun().stream().map(Handled::deliveryId).filter(ids::contains).count() == ids.size());

		long told = System.nanoTime();
		boolean ended = leaving.terminate(DRAIN_DELAY.plus(SETTLING));
		Duration took = Duration.ofNanos(System.nanoTime() - told);
		this.sent.addAll(held);
		int repeats = this.site.awaitHandled(this.accepted, this.sent);
		Duration handled = Duration.ofNanos(System.nanoTime() - told);

		List<Handled> effects = this.site.effects()
			.stream()
			.filter((effect) -> ids.contains(effect.deliveryId()))
			.toList();
		Site.print("SIGTERM while 20 handlers hang",
				"ended by itself %b after %d ms, all handled elsewhere after %d ms, attempts %s, repeats %d", ended,
				took.toMillis(), handled.toMillis(), effects.stream().map(Handled::attempt).distinct().toList(),
				repeats);
		this.site.holding(incarnation, false);
		if (!ended) {
			leaving.kill9();
		}
		leaving.restart();
		leaving.awaitServing();
		assertThat(ended).isTrue();
		assertThat(handled.minus(took)).as("without waiting for leases of 30 s").isLessThan(HANDED_OVER);
		assertThat(effects).allSatisfy((effect) -> {
			assertThat(effect.attempt()).isEqualTo(1);
			assertThat(effect.replica()).isNotEqualTo(incarnation);
		});
		assertThat(repeats).isZero();
	}

}
