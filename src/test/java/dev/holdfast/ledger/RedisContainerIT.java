package dev.holdfast.ledger;

import org.junit.jupiter.api.AfterAll;
import org.testcontainers.containers.GenericContainer;
import org.testcontainers.junit.jupiter.EnabledIfDockerAvailable;

/// The ledger on the Redis of the compose stack, which is a newer one than most machines
/// have.
@EnabledIfDockerAvailable
class RedisContainerIT extends RedisLedgerTest {

	private final GenericContainer<?> redis = new GenericContainer<>("redis:8").withExposedPorts(6379);

	@Override
	RedisHarness harness() {
		this.redis.start();
		return new RedisHarness(this.redis.getHost(), this.redis.getFirstMappedPort());
	}

	@AfterAll
	void remove() {
		this.redis.stop();
	}

}
