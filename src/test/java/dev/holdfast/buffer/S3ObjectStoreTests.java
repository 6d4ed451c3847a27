package dev.holdfast.buffer;

import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.Random;

import dev.holdfast.buffer.StoreException.Kind;
import dev.holdfast.fixture.FaultProxy;
import dev.holdfast.fixture.ObjectStoreServer;
import dev.holdfast.fixture.Toxic;
import dev.holdfast.telemetry.Condition;
import dev.holdfast.telemetry.Conditions;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.springframework.boot.ssl.SslBundle;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

/// The contract against a real store, with a prefix, behind a proxy that breaks the way.
class S3ObjectStoreTests extends ObjectStoreContract {

	private static final Payload PAYLOAD = Payload.of("payload".getBytes(StandardCharsets.US_ASCII));

	private static ObjectStoreServer server;

	private static FaultProxy proxy;

	private static S3Parts parts;

	@BeforeAll
	static void start() {
		server = ObjectStoreServer.inMemory();
		proxy = FaultProxy.to(server.port());
		parts = new S3Parts(URI.create("http://127.0.0.1:" + proxy.port()), server, "shop-a/main/");
	}

	@AfterAll
	static void stop() {
		parts.close();
		proxy.close();
		server.close();
	}

	@AfterEach
	void empty() {
		proxy.clear();
		server.keys("").forEach(server::delete);
	}

	@Override
	ObjectStore store() {
		return parts.processing;
	}

	@Override
	void fill(List<String> keys) {
		keys.forEach((key) -> server.write("shop-a/main/" + key, new byte[0]));
	}

	@Test
	void keepsToItsPrefix() throws Exception {
		server.write("inbox/foreign", new byte[1]);
		server.write("shop-a/inbox/foreign", new byte[1]);
		parts.receiving.put("inbox/a", PAYLOAD, Duration.ofSeconds(5));
		assertThat(server.keys("")).contains("shop-a/main/inbox/a");
		assertThat(parts.processing.list("inbox/", null).objects()).singleElement()
			.satisfies((listed) -> assertThat(listed.key()).isEqualTo("inbox/a"));
		parts.processing.copy("inbox/a", "b");
		assertThat(server.keys("shop-a/main/")).containsExactly("shop-a/main/b", "shop-a/main/inbox/a");
		parts.processing.delete(List.of("inbox/a", "b"));
		assertThat(server.keys("")).containsExactly("inbox/foreign", "shop-a/inbox/foreign");
	}

	@Test
	void waitsForAnAnswerNoLongerThanItMay() {
		proxy.timeout();
		long start = System.nanoTime();
		assertThatExceptionOfType(StoreException.class)
			.isThrownBy(() -> parts.receiving.put("inbox/a", PAYLOAD, Duration.ofMillis(400)))
			.satisfies((ex) -> assertThat(ex.kind()).isEqualTo(Kind.UNAVAILABLE));
		assertThat(Duration.ofNanos(System.nanoTime() - start)).isBetween(Duration.ofMillis(350),
				Duration.ofMillis(1500));
		assertThat(Thread.currentThread().isInterrupted()).isFalse();
	}

	@Test
	void takesAConnectionLostInTheMiddleOfABodyAsAFailure() throws Exception {
		proxy.upstream(new Toxic.LimitData(300_000));
		byte[] large = new byte[4 << 20];
		new Random(1).nextBytes(large);
		assertThatExceptionOfType(StoreException.class)
			.isThrownBy(() -> parts.receiving.put("inbox/a", Payload.of(large), Duration.ofSeconds(5)))
			.satisfies((ex) -> assertThat(ex.kind()).isEqualTo(Kind.UNAVAILABLE));
		proxy.clear();
		parts.receiving.put("inbox/a", Payload.of(large), Duration.ofSeconds(5));
		assertThat(parts.processing.get("inbox/a")).isEqualTo(large);
	}

	@Test
	void takesARefusedConnectionAsAFailureAndRecovers() throws Exception {
		proxy.down();
		assertThatExceptionOfType(StoreException.class)
			.isThrownBy(() -> parts.receiving.put("inbox/a", PAYLOAD, Duration.ofSeconds(2)))
			.satisfies((ex) -> assertThat(ex.kind()).isEqualTo(Kind.UNAVAILABLE));
		proxy.up();
		parts.receiving.put("inbox/a", PAYLOAD, Duration.ofSeconds(5));
	}

	@Test
	void findsOutHowTheStoreBehaves() throws Exception {
		Conditions conditions = new Conditions(parts.meters);
		StoreProbe probe = new StoreProbe(parts.receiving, parts.processing,
				new StoreClock(parts.scheduler, conditions), conditions, new Random(1));
		server.write("shop-a/main/probe/of-another", new byte[1]);
		probe.run();
		probe.tidy();
		probe.run();
		probe.tidy();
		assertThat(server.keys("")).as("its probes are swept, those of others left to them")
			.containsExactly("shop-a/main/probe/of-another");
		assertThat(conditions.holds(Condition.BUCKET_VERSIONED)).isFalse();
	}

	@Test
	void isRefusedWithoutTheBucket() {
		StoreProperties other = new StoreProperties(StoreProvider.GENERIC, "us-east-1", server.endpoint(), "no-bucket",
				server.accessKey(), server.secretKey(), "", true, "");
		try (software.amazon.awssdk.services.s3.S3Client client = S3Clients.processing(other,
				SslBundle.systemDefault())) {
			S3ObjectStore store = new S3ObjectStore(client, "no-bucket", "",
					new StoreCalls(parts.meters, parts.pressure), parts.scheduler);
			assertThatExceptionOfType(StoreException.class).isThrownBy(() -> store.get("inbox/a"))
				.satisfies((ex) -> assertThat(ex.kind()).isEqualTo(Kind.REFUSED));
		}
	}

}
