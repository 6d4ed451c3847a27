package dev.holdfast.ledger;

import java.time.Duration;
import java.util.List;

import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

import static dev.holdfast.ledger.RedisHarness.KEYS;
import static dev.holdfast.ledger.RedisHarness.lease;
import static org.assertj.core.api.Assertions.assertThat;

class RenewScriptTest {

	private static RedisHarness harness;

	@BeforeAll
	static void start() {
		harness = new RedisHarness();
	}

	@AfterAll
	static void stop() {
		harness.close();
	}

	@BeforeEach
	void empty() {
		harness.flush();
	}

	@Test
	void renewsEachLeaseThatStillHoldsItsToken() throws LedgerException {
		harness.hold("mine", "t");
		harness.hold("taken", "other");
		harness.hold("settled", "settled");
		harness.expire(KEYS.lease("mine"), Duration.ofSeconds(5));
		harness.expire(KEYS.lease("taken"), Duration.ofSeconds(5));
		assertThat(harness.ledger
			.renew(List.of(lease("mine", "t"), lease("taken", "t"), lease("gone", "t"), lease("settled", "t"))))
			.containsExactly(true, false, false, false);
		assertThat(harness.left(KEYS.lease("mine"))).isGreaterThan(Duration.ofSeconds(20));
		assertThat(harness.left(KEYS.lease("taken"))).isLessThan(Duration.ofSeconds(6));
		assertThat(harness.value(KEYS.lease("gone"))).isNull();
	}

}
