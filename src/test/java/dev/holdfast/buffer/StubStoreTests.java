package dev.holdfast.buffer;

import dev.holdfast.bench.StubStore;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;

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

	@Override
	ObjectStore store() {
		return parts.processing;
	}

}
