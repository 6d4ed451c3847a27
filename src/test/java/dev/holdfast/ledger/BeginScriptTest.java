package dev.holdfast.ledger;

import java.time.Duration;
import java.util.List;

import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import dev.holdfast.ledger.Ledger.Begun;
import dev.holdfast.ledger.Ledger.Lease;

import static dev.holdfast.ledger.RedisHarness.KEYS;
import static dev.holdfast.ledger.RedisHarness.RETENTION;
import static dev.holdfast.ledger.RedisHarness.copy;
import static dev.holdfast.ledger.RedisHarness.lease;
import static org.assertj.core.api.Assertions.assertThat;

class BeginScriptTest {

	private static final Lease ME = lease("inbox/me", "t1");

	private static final String TAG = LedgerKeys.tag("inbox/me");

	private static final String OTHER_TAG = LedgerKeys.tag("inbox/other");

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
	void leased() {
		harness.flush();
		harness.hold("inbox/me", "t1");
	}

	@Test
	void writesANewRecordWithOwnerAndTag() throws LedgerException {
		assertThat(begin(0)).isEqualTo(new Begun.Fresh());
		assertThat(harness.record("r")).isEqualTo("0|inbox/me/t1|0|" + TAG);
		assertThat(harness.recordLeft("r")).isGreaterThan(RETENTION.minusMinutes(1));
	}

	@ParameterizedTest
	@ValueSource(strings = { "", "2|x/t|0", "2|x/t|0|zzzzzzzz", "done", "late|00000000", "-1||0|00000000", "{}" })
	void leavesAValueItCannotReadAndRaisesTheAlarm(String value) throws LedgerException {
		harness.put("r", value);
		double before = harness.unknown();
		assertThat(begin(0)).isEqualTo(new Begun.Busy(RedisHarness.LEASE));
		assertThat(harness.record("r")).isEqualTo(value);
		assertThat(harness.unknown()).isEqualTo(before + 1);
	}

	@Test
	void leavesAKeyOfAnotherTypeAndBeginsTheRest() throws LedgerException {
		harness.admin.opsForList().leftPush(KEYS.record(copy("r", 0)), "x");
		assertThat(harness.ledger.begin(ME, List.of(copy("r", 0), copy("q", 0)), false))
			.containsExactly(new Begun.Busy(RedisHarness.LEASE), new Begun.Fresh());
	}

	@ParameterizedTest
	@ValueSource(strings = { "done", "dead" })
	void dropsAnyAttemptOfAClosedRecordAndKeepsItLonger(String word) throws LedgerException {
		harness.put("r", word + "|" + OTHER_TAG);
		harness.expire(KEYS.record(copy("r", 0)), Duration.ofMinutes(1));
		assertThat(begin(9)).isEqualTo(new Begun.Duplicate(false));
		assertThat(harness.record("r")).isEqualTo(word + "|" + OTHER_TAG);
		assertThat(harness.recordLeft("r")).isGreaterThan(RETENTION.minusMinutes(1));
	}

	@Test
	void tellsASecondSightingByTheTag() throws LedgerException {
		harness.put("r", "done|" + TAG);
		assertThat(begin(0)).isEqualTo(new Begun.Duplicate(true));
	}

	@Test
	void dropsAnAttemptBelowThePositionAndKeepsItLonger() throws LedgerException {
		harness.put("r", "2|inbox/dead/t|1|" + OTHER_TAG);
		harness.expire(KEYS.record(copy("r", 0)), Duration.ofMinutes(1));
		assertThat(begin(1)).isEqualTo(new Begun.Duplicate(false));
		assertThat(harness.record("r")).isEqualTo("2|inbox/dead/t|1|" + OTHER_TAG);
		assertThat(harness.recordLeft("r")).isGreaterThan(RETENTION.minusMinutes(1));
	}

	@Test
	void dropsAnAttemptBelowThePositionThoughItsOwnerIsAlive() throws LedgerException {
		harness.hold("inbox/other", "t");
		harness.put("r", "2|inbox/other/t|0|" + OTHER_TAG);
		assertThat(begin(1)).isEqualTo(new Begun.Duplicate(false));
	}

	@ParameterizedTest
	@ValueSource(ints = { 2, 3 })
	void waitsForALiveOwnerAtThePositionAndAbove(int attempt) throws LedgerException {
		harness.hold("inbox/other", "t");
		harness.expire(KEYS.lease("inbox/other"), Duration.ofSeconds(7));
		harness.put("r", "2|inbox/other/t|0|" + OTHER_TAG);
		assertThat(begin(attempt)).isInstanceOfSatisfying(Begun.Busy.class,
				(busy) -> assertThat(busy.atMost()).isBetween(Duration.ofSeconds(5), Duration.ofSeconds(7)));
		assertThat(harness.record("r")).isEqualTo("2|inbox/other/t|0|" + OTHER_TAG);
	}

	@Test
	void takesAnAttemptAboveThePositionAndStartsItsResumesAnew() throws LedgerException {
		harness.put("r", "2|inbox/dead/t|4|" + OTHER_TAG);
		assertThat(begin(3)).isEqualTo(new Begun.Fresh());
		assertThat(harness.record("r")).isEqualTo("3|inbox/me/t1|0|" + OTHER_TAG);
	}

	@Test
	void takesAnAttemptAboveThePositionOfItsOwnRecord() throws LedgerException {
		harness.put("r", "2|inbox/me/t1|1|" + OTHER_TAG);
		assertThat(begin(3)).isEqualTo(new Begun.Fresh());
		assertThat(harness.record("r")).isEqualTo("3|inbox/me/t1|0|" + OTHER_TAG);
	}

	@Test
	void keepsTheResumesOfARecordWithoutOwner() throws LedgerException {
		harness.put("r", "2||3|" + OTHER_TAG);
		assertThat(begin(2)).isEqualTo(new Begun.Fresh());
		assertThat(harness.record("r")).isEqualTo("2|inbox/me/t1|3|" + OTHER_TAG);
	}

	@Test
	void answersFreshAgainAfterALostReply() throws LedgerException {
		begin(0);
		assertThat(begin(0)).isEqualTo(new Begun.Fresh());
		assertThat(harness.record("r")).isEqualTo("0|inbox/me/t1|0|" + TAG);
	}

	@Test
	void countsTheResumesOfADeadOwner() throws LedgerException {
		harness.put("r", "2|inbox/dead/t|3|" + OTHER_TAG);
		assertThat(begin(2)).isEqualTo(new Begun.Resumed(4));
		assertThat(harness.record("r")).isEqualTo("2|inbox/me/t1|4|" + OTHER_TAG);
	}

	@Test
	void holdsAnOwnerOfAnEarlierClaimOfTheSegmentForDead() throws LedgerException {
		harness.put("r", "0|inbox/me/t0|0|" + TAG);
		assertThat(begin(0)).isEqualTo(new Begun.Resumed(1));
	}

	@Test
	void resumesOnceTogetherButTwiceAlone() throws LedgerException {
		harness.put("once", "0|inbox/dead/t|0|" + OTHER_TAG);
		harness.put("twice", "0|inbox/dead/t|1|" + OTHER_TAG);
		assertThat(harness.ledger.begin(ME, List.of(copy("once", 0), copy("twice", 0)), false))
			.containsExactly(new Begun.Resumed(1), new Begun.Alone());
		assertThat(harness.record("twice")).isEqualTo("0|inbox/dead/t|1|" + OTHER_TAG);
		assertThat(harness.ledger.begin(ME, List.of(copy("twice", 0)), false)).containsExactly(new Begun.Resumed(2));
	}

	@ParameterizedTest
	@ValueSource(strings = { "other", "settled", "later" })
	void writesNothingWhereTheLeaseIsLost(String holder) throws LedgerException {
		harness.hold("inbox/me", holder);
		harness.template.opsForValue().set(KEYS.count("inbox/me"), "3");
		assertThat(harness.ledger.begin(ME, List.of(copy("r", 0)), false)).isEmpty();
		assertThat(harness.ledger.begin(ME, List.of(copy("r", 0)), true)).isEmpty();
		assertThat(harness.record("r")).isNull();
		assertThat(harness.value(KEYS.lease("inbox/me"))).isEqualTo(holder);
		assertThat(harness.value(KEYS.count("inbox/me"))).isEqualTo("3");
	}

	@Test
	void writesNothingWhereTheLeaseHasEnded() throws LedgerException {
		harness.end("inbox/me");
		assertThat(harness.ledger.begin(ME, List.of(copy("r", 0)), false)).isEmpty();
		assertThat(harness.keys()).isEmpty();
	}

	@Test
	void claimsWhatNobodyHoldsAndFullyAgainAfterALostReply() throws LedgerException {
		harness.end("inbox/me");
		assertThat(harness.ledger.begin(ME, List.of(copy("r", 0)), true)).containsExactly(new Begun.Fresh());
		harness.expire(KEYS.lease("inbox/me"), Duration.ofSeconds(5));
		assertThat(harness.ledger.begin(ME, List.of(copy("r", 0)), true)).containsExactly(new Begun.Fresh());
		assertThat(harness.value(KEYS.lease("inbox/me"))).isEqualTo("t1");
		assertThat(harness.left(KEYS.lease("inbox/me"))).isGreaterThan(Duration.ofSeconds(20));
	}

	@Test
	void forgetsTheClaimsCountedButNotTheWordLater() throws LedgerException {
		harness.template.opsForValue().set(KEYS.count("inbox/me"), "3");
		begin(0);
		assertThat(harness.value(KEYS.count("inbox/me"))).isNull();
		harness.template.opsForValue().set(KEYS.count("inbox/me"), "later2", Duration.ofHours(1));
		begin(0);
		assertThat(harness.value(KEYS.count("inbox/me"))).isEqualTo("later");
		assertThat(harness.left(KEYS.count("inbox/me"))).isBetween(Duration.ofMinutes(59), Duration.ofHours(1));
	}

	@Test
	void judgesOneRecordInThreeSegmentsByWhoseLeaseLives() throws LedgerException {
		harness.hold("retry/two", "t2");
		harness.hold("retry/three", "t3");
		begin(0);
		assertThat(begin(lease("retry/two", "t2"), 0)).isInstanceOf(Begun.Busy.class);
		harness.end("inbox/me");
		assertThat(begin(lease("retry/two", "t2"), 0)).isEqualTo(new Begun.Resumed(1));
		assertThat(begin(lease("retry/three", "t3"), 1)).isInstanceOf(Begun.Busy.class);
		harness.end("retry/two");
		assertThat(begin(lease("retry/three", "t3"), 1)).isEqualTo(new Begun.Fresh());
		assertThat(harness.record("r")).isEqualTo("1|retry/three/t3|0|" + TAG);
	}

	private static Begun begin(int attempt) throws LedgerException {
		return begin(ME, attempt);
	}

	private static Begun begin(Lease lease, int attempt) throws LedgerException {
		return harness.ledger.begin(lease, List.of(copy("r", attempt)), false).getFirst();
	}

}
