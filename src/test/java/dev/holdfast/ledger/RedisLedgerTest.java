package dev.holdfast.ledger;

import java.time.Duration;
import java.util.List;

import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

import dev.holdfast.ledger.Ledger.Closed;
import dev.holdfast.telemetry.Meters;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

class RedisLedgerTest extends LedgerContract {

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

	@Override
	protected Ledger ledger() {
		return harness.ledger;
	}

	@Override
	protected void endLease(String segment) {
		harness.end(segment);
	}

	@Override
	protected void forget() {
		harness.flush();
	}

	@Test
	void tellsHowRecordsAreClosed() throws LedgerException {
		harness.put("a", "done|0a0b0c0d");
		harness.put("b", "dead|0a0b0c0d");
		harness.put("c", "3||0|0a0b0c0d");
		harness.put("d", "something new");
		assertThat(harness.ledger.closed(List.of(RedisHarness.copy("a", 0), RedisHarness.copy("b", 0),
				RedisHarness.copy("c", 0), RedisHarness.copy("d", 0), RedisHarness.copy("e", 0))))
			.containsExactly(Closed.DONE, Closed.DEAD, Closed.OPEN, Closed.OPEN, Closed.OPEN);
	}

	@Test
	void keepsTheTicketForTheInterval() throws LedgerException {
		assertThat(harness.ledger.ticket(Duration.ofSeconds(5))).isTrue();
		assertThat(harness.left(RedisHarness.KEYS.ticket())).isBetween(Duration.ofSeconds(4), Duration.ofSeconds(5));
		harness.template.delete(RedisHarness.KEYS.ticket());
		assertThat(harness.ledger.ticket(Duration.ofSeconds(5))).isTrue();
	}

	@Test
	void beginsEveryKeyWithTheNameAndLetsEachExpire() throws LedgerException {
		Ledger.Lease lease = RedisHarness.lease("inbox/a", "t");
		harness.ledger.claim(List.of("inbox/a", "inbox/b"), "t", RedisHarness.LEASE);
		harness.ledger.begin(lease, List.of(RedisHarness.copy("a", 0)), false);
		harness.ledger.ticket(Duration.ofSeconds(5));
		harness.ledger.mark(List.of(),
				List.of(new Ledger.Settlement(Ledger.Settlement.Kind.LATER, lease, RedisHarness.LEASE)));
		assertThat(harness.keys()).containsExactlyInAnyOrder("harness:s:inbox/a", "harness:s:inbox/b",
				"harness:c:inbox/a", "harness:c:inbox/b", "harness:d:a", "harness:poll");
		assertThat(harness.keys()).allSatisfy((key) -> assertThat(harness.left(key)).isPositive());
	}

	@Test
	void timesEachScriptByItsOutcome() throws LedgerException {
		harness.ledger.renew(List.of(RedisHarness.lease("a", "t")));
		assertThat(harness.meters.get(Meters.REDIS.id()).tag("script", "renew").tag("outcome", "ok").timer().count())
			.isPositive();
	}

	@Test
	void failsWholeWhereRedisIsFull() {
		harness.command("CONFIG", "SET", "maxmemory", "1");
		try {
			assertThatExceptionOfType(LedgerException.class)
				.isThrownBy(() -> harness.ledger.claim(List.of("full"), "t", RedisHarness.LEASE))
				.withMessageContaining("full");
			assertThat(harness.keys()).isEmpty();
		}
		finally {
			harness.command("CONFIG", "SET", "maxmemory", "0");
		}
	}

}
