package dev.holdfast.system;

import java.nio.file.Path;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;

import dev.holdfast.fixture.Authority;
import dev.holdfast.fixture.Await;
import dev.holdfast.fixture.ObjectStoreServer;
import dev.holdfast.fixture.RedisOptions;
import dev.holdfast.fixture.RedisProcess;
import dev.holdfast.fixture.RedisTopology;
import dev.holdfast.fixture.TopologyOptions;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatException;

/// Redis, its Sentinels and the store, each on a port that speaks nothing but TLS, with
/// certificates of an authority that no JVM knows.
@Tag("system")
class TlsTests {

	private static final TopologyOptions REDIS = TopologyOptions.defaults().downAfter(Duration.ofSeconds(1));

	private static final Duration SOON = Duration.ofSeconds(15);

	private final Random random = new Random(20261120);

	@TempDir
	private Path directory;

	@Test
	void goesTheWholeWayOverTlsThroughAFailoverTooAndTrustsNoOther() {
		Authority authority = Authority.create(this.directory.resolve("ours"));
		Authority other = Authority.create(this.directory.resolve("other"));
		try (RedisTopology redis = RedisTopology.start(REDIS.tls(authority));
				Site site = Site.create(TlsTests.class, redis.properties(), ObjectStoreServer.inMemory(authority));
				WebhookClient client = new WebhookClient()) {
			Map<String, String> wrong = new HashMap<>(other.bundle("store"));
			wrong.putAll(other.bundle("redis"));
			refuses(site, client, wrong);

			LocalReplica replica = site.local("right", Map.of());
			List<Sample> samples = Sample.random(50, this.random);
			client.deliverAll(samples, 4, replica::webhook);
			site.awaitHandled(samples);

			RedisProcess primary = redis.currentPrimary();
			primary.kill();
			List<Sample> more = Sample.random(50, this.random);
			client.deliverAll(more, 4, replica::webhook);
			redis.awaitFailoverFrom(primary);
			samples.addAll(more);
			site.awaitHandled(samples);
		}
	}

	@Test
	void refusesACertificateForAnotherName() {
		Authority authority = Authority.create(this.directory, "dns:elsewhere.example");
		Map<String, String> way = new HashMap<>(authority.bundle("redis"));
		way.put("spring.data.redis.ssl.bundle", "redis");
		try (RedisProcess redis = RedisProcess.start(RedisOptions.defaults().tls(authority));
				WebhookClient client = new WebhookClient()) {
			way.putAll(Site.plain(redis.port()));
			try (Site site = Site.create(TlsTests.class, way, ObjectStoreServer.inMemory(authority))) {
				refuses(site, client, Map.of());
			}
		}
	}

	/// It starts, says what is wrong and what to set, and sends neither of them anything.
	private void refuses(Site site, WebhookClient client, Map<String, String> properties) {
		try (LocalReplica replica = site.local("refuses", properties)) {
			Await.until("both conditions", SOON, () -> {
				String health = replica.healthDetails();
				return health.contains("\"store-failing\"") && health.contains("\"redis-down\"");
			});
			assertThat(replica.healthDetails()).contains("holdfast.store.ssl-bundle", "spring.data.redis.ssl.bundle");
			assertThat(client.post(replica.webhook(), Sample.random(this.random)).status()).isEqualTo(503);
			assertThat(site.store().keys("")).isEmpty();
		}
	}

	@Test
	void doesNotStartWithABundleThatIsNotThere() {
		try (Site site = Site.create(TlsTests.class, Site.plain(1))) {
			Map<String, String> unknown = Map.of("holdfast.store.endpoint", "https://store.example",
					"holdfast.store.ssl-bundle", "internal");
			assertThatException().isThrownBy(() -> site.local("none", unknown).close())
				.havingRootCause()
				.withMessageContaining("holdfast.store.ssl-bundle")
				.withMessageContaining("spring.ssl.bundle.pem.internal");
		}
	}

}
