package dev.holdfast.system;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.CompletableFuture;

import dev.holdfast.fixture.Await;
import dev.holdfast.fixture.RedisProcess;
import dev.holdfast.system.WebhookClient.Answer;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.parallel.Isolated;

import static org.assertj.core.api.Assertions.assertThat;

/// The object store stops and comes back.
@Tag("system")
@Isolated("it is about figures")
class StoreOutageTests {

	private static final Duration DEADLINE = Duration.ofSeconds(4);

	/// The answer's way back.
	private static final Duration ANSWERING = Duration.ofMillis(200);

	private static final Duration FAST = Duration.ofMillis(50);

	private static final Duration BACK_WITHIN = Duration.ofSeconds(5);

	@Test
	void answers503InTimeThenAtOnceAnd200SoonAfterItIsBack() {
		Random random = new Random(5);
		try (RedisProcess redis = RedisProcess.start();
				Site site = Site.create(StoreOutageTests.class, Site.plain(redis.port()));
				WebhookClient client = new WebhookClient()) {
			LocalReplica replica = site.local("a", Map.of());
			List<Sample> samples = Sample.random(200, random);
			client.deliverAll(samples.subList(0, 100), 16, replica::webhook);

			site.store().stop();
			List<CompletableFuture<Answer>> together = samples.subList(100, 116)
				.stream()
				.map((sample) -> CompletableFuture.supplyAsync(() -> client.post(replica.webhook(), sample),
						(post) -> Thread.ofVirtual().start(post)))
				.toList();
			List<Answer> first = together.stream().map(CompletableFuture::join).toList();
			List<Answer> later = samples.subList(116, 166)
				.stream()
				.map((sample) -> client.post(replica.webhook(), sample))
				.toList();
			Replica.Health failing = replica.health();

			long start = System.nanoTime();
			site.store().start();
			List<Answer> after = new ArrayList<>();
			Await.until("an accepted delivery", BACK_WITHIN.multipliedBy(4), () -> {
				Answer answer = client.post(replica.webhook(), samples.get(170));
				after.add(answer);
				return answer.isAccepted();
			});
			Duration back = Duration.ofNanos(System.nanoTime() - start);
			client.deliverAll(samples, 16, replica::webhook);
			int repeats = site.awaitHandled(samples);

			Site.print("store stopped",
					"first %s within %d ms, then %s within %.1f ms, health %d %s; back: 200 after %d ms; repeats %d",
					WebhookClient.statuses(first), WebhookClient.percentile(first, 100).toMillis(),
					WebhookClient.statuses(later), WebhookClient.percentile(later, 100).toNanos() / 1e6, failing.code(),
					failing.status(), back.toMillis(), repeats);
			assertThat(WebhookClient.statuses(first).keySet()).isEqualTo(Set.of(503));
			assertThat(WebhookClient.percentile(first, 100)).isLessThan(DEADLINE.plus(ANSWERING));
			assertThat(WebhookClient.statuses(later).keySet()).isEqualTo(Set.of(503));
			assertThat(WebhookClient.percentile(later, 100)).isLessThan(FAST);
			assertThat(failing.code()).isEqualTo(200);
			assertThat(failing.status()).isEqualTo("DEGRADED");
			assertThat(back).isLessThan(BACK_WITHIN);
			assertThat(repeats).isZero();
		}
	}

	@Test
	void isOutOfServiceFromItsStartUntilTheStoreHasAnswered() {
		try (RedisProcess redis = RedisProcess.start();
				Site site = Site.create(StoreOutageTests.class, Site.plain(redis.port()));
				WebhookClient client = new WebhookClient()) {
			Sample sample = Sample.random(new Random(6));
			site.store().stop();
			LocalReplica replica = site.local("a", Map.of());
			assertThat(replica.health().status()).isEqualTo("OUT_OF_SERVICE");
			assertThat(replica.health().code()).isEqualTo(503);
			assertThat(replica.healthDetails()).contains("\"starting\"");

			site.store().start();
			replica.awaitServing();
			assertThat(client.post(replica.webhook(), sample).isAccepted()).as("at once").isTrue();
			assertThat(site.awaitHandled(List.of(sample))).isZero();
		}
	}

}
