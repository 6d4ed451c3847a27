package dev.holdfast.ledger;

import java.time.Duration;
import java.util.List;

import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

import dev.holdfast.ledger.Ledger.Claim;

import static dev.holdfast.ledger.RedisHarness.KEYS;
import static dev.holdfast.ledger.RedisHarness.LEASE;
import static org.assertj.core.api.Assertions.assertThat;

class ClaimScriptTest {

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
	void leasesAFreeSegmentForTheTimeGiven() throws LedgerException {
		claim("s", "t");
		assertThat(harness.value(KEYS.lease("s"))).isEqualTo("t");
		assertThat(harness.left(KEYS.lease("s"))).isBetween(LEASE.minusSeconds(2), LEASE);
		assertThat(harness.value(KEYS.count("s"))).isEqualTo("1");
		assertThat(harness.left(KEYS.count("s"))).isGreaterThan(Duration.ofHours(23));
	}

	@Test
	void countsEveryClaimThatNoBeginFollows() throws LedgerException {
		for (int claims = 1; claims <= 5; claims++) {
			assertThat(claim("s", "t" + claims)).isEqualTo(new Claim.Claimed(claims, false));
			harness.end("s");
		}
	}

	@Test
	void renewsWhatTheTokenHoldsAndCountsItOnce() throws LedgerException {
		claim("s", "t");
		harness.expire(KEYS.lease("s"), Duration.ofSeconds(1));
		assertThat(claim("s", "t")).isEqualTo(new Claim.Claimed(1, false));
		assertThat(harness.left(KEYS.lease("s"))).isGreaterThan(Duration.ofSeconds(20));
	}

	@Test
	void leavesASettledSegmentSettled() throws LedgerException {
		harness.hold("s", "settled");
		assertThat(claim("s", "t")).isEqualTo(new Claim.Settled());
		assertThat(harness.value(KEYS.lease("s"))).isEqualTo("settled");
		assertThat(harness.keys()).hasSize(1);
	}

	@Test
	void answersBusyWithTheTimeLeftWhereAnotherHoldsIt() throws LedgerException {
		harness.hold("s", "other");
		harness.expire(KEYS.lease("s"), Duration.ofSeconds(7));
		assertThat(claim("s", "t")).isInstanceOfSatisfying(Claim.Busy.class,
				(busy) -> assertThat(busy.atMost()).isBetween(Duration.ofSeconds(5), Duration.ofSeconds(7)));
		assertThat(harness.value(KEYS.lease("s"))).isEqualTo("other");
		assertThat(harness.keys()).hasSize(1);
	}

	@Test
	void answersBusyToASegmentThatIsToWait() throws LedgerException {
		harness.hold("s", "later");
		assertThat(claim("s", "t")).isInstanceOf(Claim.Busy.class);
	}

	@Test
	void answersTheLeaseWhereALeaseNeverEnds() throws LedgerException {
		harness.template.opsForValue().set(KEYS.lease("s"), "other");
		assertThat(claim("s", "t")).isEqualTo(new Claim.Busy(LEASE));
	}

	@Test
	void countsBehindTheWordLater() throws LedgerException {
		harness.template.opsForValue().set(KEYS.count("s"), "later");
		assertThat(claim("s", "t")).isEqualTo(new Claim.Claimed(1, true));
		assertThat(claim("s", "t")).isEqualTo(new Claim.Claimed(1, true));
		harness.end("s");
		assertThat(claim("s", "u")).isEqualTo(new Claim.Claimed(2, true));
		assertThat(harness.value(KEYS.count("s"))).isEqualTo("later2");
	}

	@Test
	void claimsAfreshOnceForgotten() throws LedgerException {
		claim("s", "t");
		harness.flush();
		assertThat(claim("s", "u")).isEqualTo(new Claim.Claimed(1, false));
	}

	@Test
	void judgesThreeSegmentsEachForItself() throws LedgerException {
		harness.hold("one", "settled");
		harness.hold("two", "t");
		List<Claim> claims = harness.ledger.claim(List.of("one", "two", "three"), "t", LEASE);
		assertThat(claims).containsExactly(new Claim.Settled(), new Claim.Claimed(1, false),
				new Claim.Claimed(1, false));
	}

	private static Claim claim(String segment, String token) throws LedgerException {
		return harness.ledger.claim(List.of(segment), token, LEASE).getFirst();
	}

}
