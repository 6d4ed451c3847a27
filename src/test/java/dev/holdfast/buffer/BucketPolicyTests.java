package dev.holdfast.buffer;

import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.Random;

import dev.holdfast.fixture.BucketPolicy;
import dev.holdfast.fixture.ObjectStoreServer;
import dev.holdfast.telemetry.Conditions;
import org.junit.jupiter.api.Test;
import org.springframework.boot.ssl.SslBundle;
import software.amazon.awssdk.services.s3.S3Client;
import software.amazon.awssdk.services.s3.model.S3Exception;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

/// The rights of `deploy/bucket-policy.json` are those that are needed: all tests run under
/// them, and none of them goes unused.
class BucketPolicyTests {

	private static final Payload PAYLOAD = Payload.of("payload".getBytes(StandardCharsets.US_ASCII));

	@Test
	void allowsWhatTheStoreIsAskedForAndNothingElse() throws Exception {
		try (ObjectStoreServer server = ObjectStoreServer.inMemory();
				S3Parts parts = new S3Parts(server.endpoint(), server, "")) {
			S3ObjectStore store = parts.processing;
			store.put("inbox/a", PAYLOAD, Duration.ofSeconds(5));
			store.get("inbox/a");
			store.copy("inbox/a", "dead-letter/a");
			store.list("inbox/", null);
			store.delete(List.of("inbox/a", "dead-letter/a"));
			Conditions conditions = new Conditions(parts.meters);
			StoreProbe probe = new StoreProbe(parts.receiving, store, new StoreClock(parts.scheduler, conditions),
					conditions, new Random(1));
			probe.run();
			probe.tidy();
		}
		assertThat(BucketPolicy.used()).isEqualTo(BucketPolicy.allowed());
	}

	@Test
	void refusesAllElse() {
		StoreProperties properties = new StoreProperties(StoreProvider.AWS, "us-east-1", null, "holdfast", "access",
				"secret", "", false, "");
		try (S3Client client = S3Clients.processing(properties, SslBundle.systemDefault())) {
			assertThatExceptionOfType(S3Exception.class).isThrownBy(client::listBuckets)
				.satisfies((ex) -> assertThat(ex.statusCode()).isEqualTo(403))
				.withMessageContaining("The policy does not allow");
		}
	}

}
