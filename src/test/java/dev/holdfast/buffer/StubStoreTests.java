package dev.holdfast.buffer;

import java.time.Duration;

import dev.holdfast.bench.StubStore;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;

/// The contract against the store of the benchmark.
class StubStoreTests extends ObjectStoreContract {

	private static StubStore stub;

	private static S3Parts parts;

	@BeforeAll
	static void start() {
		stub = StubStore.start(StubStore.Settings.immediate());
		parts = new S3Parts(stub.endpoint(), null, "");
	}

	@AfterAll
	static void stop() {
		parts.close();
		stub.close();
	}

	@AfterEach
	void empty() {
		stub.bucket().clear();
	}

	@Test
	void comparesACrc32() throws Exception {
		assertThat(parts.receiving.probe("probe/a", Payload.of(new byte[] { 1 }), Duration.ofSeconds(5)))
			.isEqualTo(PutCheck.CRC32);
		assertThat(store().list("probe/", null).objects()).extracting(ObjectStore.Listed::key)
			.as("the wrong one is not kept")
			.containsExactly("probe/a", "probe/a-crc32");
	}

	@Override
	ObjectStore store() {
		return parts.processing;
	}

}
