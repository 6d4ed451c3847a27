package dev.holdfast.system;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Random;

import dev.holdfast.fixture.Await;
import dev.holdfast.fixture.ObjectStoreServer;
import dev.holdfast.fixture.RedisProcess;
import dev.holdfast.operate.Monitoring;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

/// A replica is scraped by a real Prometheus with the rules as they are delivered, what
/// fires goes through a real Alertmanager to the chat, and every question of the dashboard
/// is answered.
@Tag("system")
class AlertingTests {

	private static final Duration SOON = Duration.ofSeconds(40);

	/// These exist from their first event on, which none of this is sure to bring about.
	private static final List<String> UNEVENTFUL = List.of("holdfast_deliveries_dead_total",
			"holdfast_deliveries_discarded_total", "holdfast_claims_total", "holdfast_redis_resets_total",
			"holdfast_segments_corrupt_total", "holdfast_ledger_unknown_total", "jvm_gc_pause_seconds");

	@Test
	@Timeout(240)
	void tellsTheChatWhatFiresAndWhatIsOverAndAnswersTheDashboard(@TempDir Path directory) throws IOException {
		assumeTrue(Watchers.areInstalled(), "Prometheus and its Alertmanager are not installed");
		ObjectStoreServer store = ObjectStoreServer.inDirectory(directory.resolve("store"));
		try (RedisProcess redis = RedisProcess.start();
				Site site = Site.create(AlertingTests.class, Site.plain(redis.port()), store);
				WebhookClient client = new WebhookClient()) {
			LocalReplica replica = site.local("a", Map.of("holdfast.operate.password", "operator's"));
			replica.awaitServing();
			try (Watchers watchers = new Watchers(directory, replica.port(), "operator's")) {
				List<Sample> samples = Sample.random(60, new Random(11));
				client.deliverAll(samples.subList(0, 40), 8, replica::webhook);
				site.awaitHandled(samples.subList(0, 40));

				firesWhileADeliveryIsOld(site, client, replica, watchers, samples.get(40));
				firesWhileTheStoreFails(site, client, replica, watchers, samples.subList(41, 60));
				assertThat(watchers.isFiring("InboxOld")).isFalse();
				answersWhatIsAsked(watchers);
			}
		}
	}

	/// The handler holds it, and its object is made to look old.
	private static void firesWhileADeliveryIsOld(Site site, WebhookClient client, LocalReplica replica,
			Watchers watchers, Sample sample) throws IOException {
		site.holding("a", true);
		assertThat(client.post(replica.webhook(), sample).status()).isEqualTo(200);
		Await.until("it is stored", SOON, () -> !site.store().keys("inbox/").isEmpty());
		Path object = site.store().bucketDirectory().resolve(site.store().keys("inbox/").getFirst());
		Files.setLastModifiedTime(object, FileTime.from(Instant.now().minusSeconds(600)));
		long from = System.nanoTime();
		assertThat(watchers.awaitTold("FIRING page: InboxOld", SOON)).contains("has waited for 10m",
				"docs/runbook/InboxOld.md");
		Duration firing = Duration.ofNanos(System.nanoTime() - from);
		site.holding("a", false);
		from = System.nanoTime();
		watchers.awaitTold("RESOLVED page: InboxOld", SOON);
		Site.print("alerting", "InboxOld told after %d ms, its end after %d ms", firing.toMillis(),
				(System.nanoTime() - from) / 1_000_000);
	}

	private static void firesWhileTheStoreFails(Site site, WebhookClient client, LocalReplica replica,
			Watchers watchers, List<Sample> samples) {
		site.store().stop();
		samples.forEach((sample) -> assertThat(client.post(replica.webhook(), sample).status()).isEqualTo(503));
		long from = System.nanoTime();
		assertThat(watchers.awaitTold("FIRING page: StoreFailing", SOON))
			.contains("The object store fails at 127.0.0.1:" + replica.port(), "docs/runbook/StoreFailing.md");
		Duration firing = Duration.ofNanos(System.nanoTime() - from);
		site.store().start();
		from = System.nanoTime();
		watchers.awaitTold("RESOLVED page: StoreFailing", SOON);
		Site.print("alerting", "StoreFailing told after %d ms, its end after %d ms", firing.toMillis(),
				(System.nanoTime() - from) / 1_000_000);
	}

	private static void answersWhatIsAsked(Watchers watchers) {
		Monitoring.ruleExpressions().forEach(watchers::query);
		Monitoring.runbookExpressions().forEach(watchers::query);
		List<String> silent = Monitoring.dashboardExpressions()
			.stream()
			.filter((expression) -> watchers.query(expression).isEmpty())
			.toList();
		assertThat(silent).allMatch((expression) -> UNEVENTFUL.stream().anyMatch(expression::contains));
		Site.print("alerting", "%d questions of the dashboard, without an answer %d",
				Monitoring.dashboardExpressions().size(), silent.size());
	}

}
