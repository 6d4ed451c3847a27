package dev.holdfast.buffer;

import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;

import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.testcontainers.containers.GenericContainer;
import org.testcontainers.junit.jupiter.EnabledIfDockerAvailable;
import software.amazon.awssdk.services.s3.S3Client;

import dev.holdfast.schedule.SystemScheduler;
import org.springframework.boot.ssl.SslBundle;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

/// The object store on the trial store of the compose stack, set up by the same variables.
@EnabledIfDockerAvailable
class S3ProxyContainerIT {

	private static final Duration AT_MOST = Duration.ofSeconds(5);

	private static final String FIRST = "inbox/20261120T000000000Z-aaaaaaaa-1-2.http";

	private static final String SECOND = "inbox/20261120T000000001Z-aaaaaaaa-1-2.http";

	private static final GenericContainer<?> container = new GenericContainer<>("andrewgaul/s3proxy:4.1.0")
		.withEnv("S3PROXY_ENDPOINT", "http://0.0.0.0:80")
		.withEnv("S3PROXY_AUTHORIZATION", "aws-v2-or-v4")
		.withEnv("S3PROXY_IDENTITY", "trial")
		.withEnv("S3PROXY_CREDENTIAL", "trial-secret")
		.withEnv("JCLOUDS_PROVIDER", "filesystem-nio2")
		.withEnv("JCLOUDS_FILESYSTEM_BASEDIR", "/data")
		.withTmpFs(Map.of("/data/holdfast", "rw"))
		.withExposedPorts(80);

	private static S3Client client;

	private static S3ObjectStore store;

	@BeforeAll
	static void start() {
		container.start();
		URI endpoint = URI.create("http://%s:%d".formatted(container.getHost(), container.getFirstMappedPort()));
		client = S3Clients.processing(new StoreProperties(StoreProvider.GENERIC, "us-east-1", endpoint, "holdfast",
				"trial", "trial-secret", "a/", true, ""), SslBundle.systemDefault());
		SystemScheduler scheduler = new SystemScheduler();
		store = new S3ObjectStore(client, "holdfast", "a/",
				new StoreCalls(new SimpleMeterRegistry(), new StorePressure(scheduler)), scheduler);
	}

	@AfterAll
	static void stop() {
		client.close();
		container.stop();
	}

	@Test
	void keepsWhatWasPutUntilItIsDeleted() throws Exception {
		byte[] bytes = new byte[3 << 20];
		new Random(1).nextBytes(bytes);
		store.put(SECOND, Payload.of("2".getBytes(StandardCharsets.US_ASCII)), AT_MOST);
		store.put(FIRST, Payload.of(bytes), AT_MOST);

		assertThat(store.get(FIRST)).isEqualTo(bytes);
		ObjectStore.Listing listing = store.list("inbox/", null);
		assertThat(listing.objects()).extracting(ObjectStore.Listed::key).containsExactly(FIRST, SECOND);
		assertThat(listing.objects().getFirst().size()).isEqualTo(bytes.length);
		assertThat(listing.objects().getFirst().lastModified()).isBetween(listing.date().minusSeconds(60),
				listing.date().plusSeconds(1));
		assertThat(store.list("inbox/", FIRST).objects()).extracting(ObjectStore.Listed::key).containsExactly(SECOND);

		store.copy(SECOND, "dead-letter/-/-/copy");
		assertThat(store.get("dead-letter/-/-/copy")).isEqualTo(new byte[] { '2' });
		Set<String> refused = store.delete(List.of(FIRST, SECOND, "dead-letter/-/-/copy", "inbox/never-there"));
		assertThat(refused).isEmpty();
		assertThat(store.list("", null).objects()).isEmpty();
		assertThatExceptionOfType(StoreException.class).isThrownBy(() -> store.get(FIRST))
			.satisfies((ex) -> assertThat(ex.kind()).isEqualTo(StoreException.Kind.NOT_FOUND));
	}

	@Test
	void comparesACrc32() throws Exception {
		assertThat(store.probe("probe/a", Payload.of(new byte[] { 1 }), AT_MOST)).isEqualTo(PutCheck.CRC32);
		assertThat(store.isVersioned()).isFalse();
		store.delete(List.of("probe/a", "probe/a-crc32"));
	}

}
