package dev.holdfast.ledger;

import java.time.Duration;
import java.util.List;

import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;

import dev.holdfast.ledger.Ledger.Closed;
import dev.holdfast.telemetry.Meters;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class RedisLedgerTest extends LedgerContract {

	private RedisHarness harness;

	@BeforeAll
	void start() {
		this.harness = harness();
	}

	@AfterAll
	void stop() {
		this.harness.close();
	}

	RedisHarness harness() {
		return new RedisHarness();
	}

	@BeforeEach
	void empty() {
		this.harness.flush();
	}

	@Override
	protected Ledger ledger() {
		return this.harness.ledger;
	}

	@Override
	protected void endLease(String segment) {
		this.harness.end(segment);
	}

	@Override
	protected void forget() {
		this.harness.flush();
	}

	@Test
	void tellsHowRecordsAreClosed() throws LedgerException {
		this.harness.put("a", "done|0a0b0c0d");
		this.harness.put("b", "dead|0a0b0c0d");
		this.harness.put("c", "3||0|0a0b0c0d");
		this.harness.put("d", "something new");
		assertThat(this.harness.ledger.closed(List.of(RedisHarness.copy("a", 0), RedisHarness.copy("b", 0),
				RedisHarness.copy("c", 0), RedisHarness.copy("d", 0), RedisHarness.copy("e", 0))))
			.containsExactly(Closed.DONE, Closed.DEAD, Closed.OPEN, Closed.OPEN, Closed.OPEN);
	}

	@Test
	void keepsTheTicketForTheInterval() throws LedgerException {
		assertThat(this.harness.ledger.ticket(Duration.ofSeconds(5))).isTrue();
		assertThat(this.harness.left(RedisHarness.KEYS.ticket())).isBetween(Duration.ofSeconds(4),
				Duration.ofSeconds(5));
		this.harness.template.delete(RedisHarness.KEYS.ticket());
		assertThat(this.harness.ledger.ticket(Duration.ofSeconds(5))).isTrue();
	}

	@Test
	void beginsEveryKeyWithTheNameAndLetsEachExpire() throws LedgerException {
		Ledger.Lease lease = RedisHarness.lease("inbox/a", "t");
		this.harness.ledger.claim(List.of("inbox/a", "inbox/b"), "t", RedisHarness.LEASE);
		this.harness.ledger.begin(lease, List.of(RedisHarness.copy("a", 0)), false);
		this.harness.ledger.ticket(Duration.ofSeconds(5));
		this.harness.ledger.mark(List.of(),
				List.of(new Ledger.Settlement(Ledger.Settlement.Kind.LATER, lease, RedisHarness.LEASE)));
		assertThat(this.harness.keys()).containsExactlyInAnyOrder("harness:s:inbox/a", "harness:s:inbox/b",
				"harness:c:inbox/a", "harness:c:inbox/b", "harness:d:a", "harness:poll");
		assertThat(this.harness.keys()).allSatisfy((key) -> assertThat(this.harness.left(key)).isPositive());
	}

	@Test
	void timesEachScriptByItsOutcome() throws LedgerException {
		this.harness.ledger.renew(List.of(RedisHarness.lease("a", "t")));
		assertThat(
				this.harness.meters.get(Meters.REDIS.id()).tag("script", "renew").tag("outcome", "ok").timer().count())
			.isPositive();
	}

	@Test
	void failsWholeWhereRedisIsFull() {
		this.harness.command("CONFIG", "SET", "maxmemory", "1");
		try {
			assertThatExceptionOfType(LedgerException.class)
				.isThrownBy(() -> this.harness.ledger.claim(List.of("full"), "t", RedisHarness.LEASE))
				.withMessageContaining("full");
			assertThat(this.harness.keys()).isEmpty();
		}
		finally {
			this.harness.command("CONFIG", "SET", "maxmemory", "0");
		}
	}

}
