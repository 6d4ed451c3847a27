package dev.holdfast.ledger;

import java.time.Duration;
import java.util.List;

import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;

import dev.holdfast.ledger.Ledger.Lease;
import dev.holdfast.ledger.Ledger.Mark;
import dev.holdfast.ledger.Ledger.Mark.Kind;
import dev.holdfast.ledger.Ledger.MarkAnswer;
import dev.holdfast.ledger.Ledger.Settlement;

import static dev.holdfast.ledger.RedisHarness.KEYS;
import static dev.holdfast.ledger.RedisHarness.RETENTION;
import static dev.holdfast.ledger.RedisHarness.copy;
import static dev.holdfast.ledger.RedisHarness.lease;
import static dev.holdfast.ledger.RedisHarness.mark;
import static dev.holdfast.ledger.RedisHarness.settlement;
import static org.assertj.core.api.Assertions.assertThat;

class MarkScriptTest {

	private static final Lease ME = lease("inbox/me", "t1");

	private static final String TAG = LedgerKeys.tag("inbox/me");

	private static final Duration HOUR = Duration.ofHours(1);

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

	@ParameterizedTest
	@CsvSource({ "HANDLED,done", "DEAD,dead" })
	void closesItsOwnRecordAndKeepsTheTag(Kind kind, String word) throws LedgerException {
		harness.put("r", "2|inbox/me/t1|1|0a0b0c0d");
		assertThat(mark1(kind, 2)).isEqualTo(MarkAnswer.OK);
		assertThat(harness.record("r")).isEqualTo(word + "|0a0b0c0d");
		assertThat(harness.recordLeft("r")).isGreaterThan(RETENTION.minusMinutes(1));
	}

	@ParameterizedTest
	@CsvSource({ "HANDLED,done", "DEAD,dead" })
	void closesItsOwnRecordThoughItsLeaseHasEnded(Kind kind, String word) throws LedgerException {
		harness.end("inbox/me");
		harness.put("r", "2|inbox/me/t1|1|0a0b0c0d");
		assertThat(mark1(kind, 2)).isEqualTo(MarkAnswer.OK);
		assertThat(harness.record("r")).isEqualTo(word + "|0a0b0c0d");
	}

	@ParameterizedTest
	@CsvSource({ "HANDLED,done", "DEAD,dead" })
	void closesAForgottenRecordLate(Kind kind, String word) throws LedgerException {
		assertThat(mark1(kind, 2)).isEqualTo(MarkAnswer.LATE);
		assertThat(harness.record("r")).isEqualTo(word + "|" + TAG);
	}

	@ParameterizedTest
	@CsvSource({ "HANDLED,inbox/dead/t", "DEAD,inbox/dead/t", "HANDLED,", "DEAD,", "HANDLED,inbox/me/t0" })
	void closesARecordOfNobodyAliveLate(Kind kind, String owner) throws LedgerException {
		harness.put("r", "3|" + ((owner != null) ? owner : "") + "|1|0a0b0c0d");
		assertThat(mark1(kind, 2)).isEqualTo(MarkAnswer.LATE);
		assertThat(harness.record("r")).endsWith("|0a0b0c0d").startsWith("d");
	}

	@ParameterizedTest
	@CsvSource({ "HANDLED,done", "DEAD,dead" })
	void closesARecordThatAnotherHasAliveAndSaysStolen(Kind kind, String word) throws LedgerException {
		harness.hold("inbox/other", "t2");
		harness.put("r", "2|inbox/other/t2|1|0a0b0c0d");
		assertThat(mark1(kind, 2)).isEqualTo(MarkAnswer.STOLEN);
		assertThat(harness.record("r")).isEqualTo(word + "|0a0b0c0d");
	}

	@ParameterizedTest
	@CsvSource({ "HANDLED,done,done", "HANDLED,dead,done", "DEAD,done,done", "DEAD,dead,dead", "RETRY,done,done",
			"RETRY,dead,dead", "RELEASED,done,done", "RELEASED,dead,dead" })
	void letsDoneOverwriteDeadAndNothingElseOverwriteAClosedRecord(Kind kind, String before, String after)
			throws LedgerException {
		harness.put("r", before + "|0a0b0c0d");
		assertThat(mark1(kind, 2)).isEqualTo(MarkAnswer.ALREADY);
		assertThat(harness.record("r")).isEqualTo(after + "|0a0b0c0d");
	}

	@Test
	void raisesThePositionForARetryAndLetsTheRecordGo() throws LedgerException {
		harness.put("r", "2|inbox/me/t1|1|0a0b0c0d");
		assertThat(mark1(Kind.RETRY, 2)).isEqualTo(MarkAnswer.OK);
		assertThat(harness.record("r")).isEqualTo("3||0|0a0b0c0d");
		assertThat(harness.recordLeft("r")).isGreaterThan(RETENTION.minusMinutes(1));
		assertThat(mark1(Kind.RETRY, 2)).isEqualTo(MarkAnswer.ALREADY);
		assertThat(harness.record("r")).isEqualTo("3||0|0a0b0c0d");
	}

	@ParameterizedTest
	@CsvSource({ "1|inbox/dead/t|4|0a0b0c0d", "2||0|0a0b0c0d", "2|inbox/me/t0|0|0a0b0c0d" })
	void raisesThePositionOfARecordOfNobodyAlive(String record) throws LedgerException {
		harness.put("r", record);
		assertThat(mark1(Kind.RETRY, 2)).isEqualTo(MarkAnswer.OK);
		assertThat(harness.record("r")).isEqualTo("3||0|0a0b0c0d");
	}

	@Test
	void writesTheRetryOfAForgottenRecordLate() throws LedgerException {
		assertThat(mark1(Kind.RETRY, 2)).isEqualTo(MarkAnswer.LATE);
		assertThat(harness.record("r")).isEqualTo("3||0|" + TAG);
	}

	@Test
	void leavesARecordThatAnotherHasAliveToIt() throws LedgerException {
		harness.hold("inbox/other", "t2");
		harness.put("r", "2|inbox/other/t2|1|0a0b0c0d");
		assertThat(mark1(Kind.RETRY, 2)).isEqualTo(MarkAnswer.STOLEN);
		assertThat(mark1(Kind.RELEASED, 2)).isEqualTo(MarkAnswer.ALREADY);
		assertThat(harness.record("r")).isEqualTo("2|inbox/other/t2|1|0a0b0c0d");
	}

	@Test
	void neverLowersAPosition() throws LedgerException {
		harness.put("r", "5|inbox/me/t1|0|0a0b0c0d");
		assertThat(mark1(Kind.RETRY, 2)).isEqualTo(MarkAnswer.ALREADY);
		assertThat(harness.record("r")).isEqualTo("5|inbox/me/t1|0|0a0b0c0d");
	}

	@Test
	void releasesItsOwnRecordWithItsResumes() throws LedgerException {
		harness.put("r", "2|inbox/me/t1|3|0a0b0c0d");
		assertThat(mark1(Kind.RELEASED, 2)).isEqualTo(MarkAnswer.OK);
		assertThat(harness.record("r")).isEqualTo("2||3|0a0b0c0d");
		assertThat(mark1(Kind.RELEASED, 2)).isEqualTo(MarkAnswer.ALREADY);
	}

	@Test
	void releasesNothingItDoesNotOwn() throws LedgerException {
		assertThat(mark1(Kind.RELEASED, 2)).isEqualTo(MarkAnswer.ALREADY);
		assertThat(harness.record("r")).isNull();
		harness.put("r", "2|inbox/me/t0|3|0a0b0c0d");
		assertThat(mark1(Kind.RELEASED, 2)).isEqualTo(MarkAnswer.ALREADY);
		assertThat(harness.record("r")).isEqualTo("2|inbox/me/t0|3|0a0b0c0d");
	}

	@ParameterizedTest
	@EnumSource(Kind.class)
	void leavesAValueItCannotReadAndRaisesTheAlarm(Kind kind) throws LedgerException {
		harness.put("r", "2|inbox/me/t1|3|0a0b0c0d|new");
		double before = harness.unknown();
		assertThat(mark1(kind, 2)).isEqualTo(MarkAnswer.ALREADY);
		assertThat(harness.record("r")).isEqualTo("2|inbox/me/t1|3|0a0b0c0d|new");
		assertThat(harness.unknown()).isEqualTo(before + 1);
	}

	@Test
	void settlesASegmentAndForgetsItsClaims() throws LedgerException {
		harness.template.opsForValue().set(KEYS.count("inbox/me"), "3");
		harness.ledger.mark(List.of(), List.of(settlement(Settlement.Kind.SETTLED, ME, HOUR)));
		assertThat(harness.value(KEYS.lease("inbox/me"))).isEqualTo("settled");
		assertThat(harness.left(KEYS.lease("inbox/me"))).isGreaterThan(HOUR.minusMinutes(1));
		assertThat(harness.value(KEYS.count("inbox/me"))).isNull();
	}

	@Test
	void putsASegmentOffAndRemembersThatForADay() throws LedgerException {
		harness.ledger.mark(List.of(), List.of(settlement(Settlement.Kind.LATER, ME, Duration.ofSeconds(9))));
		assertThat(harness.value(KEYS.lease("inbox/me"))).isEqualTo("later");
		assertThat(harness.left(KEYS.lease("inbox/me"))).isBetween(Duration.ofSeconds(7), Duration.ofSeconds(9));
		assertThat(harness.value(KEYS.count("inbox/me"))).isEqualTo("later");
		assertThat(harness.left(KEYS.count("inbox/me"))).isGreaterThan(Duration.ofHours(23));
	}

	@Test
	void releasesASegmentAndForgetsItsClaims() throws LedgerException {
		harness.template.opsForValue().set(KEYS.count("inbox/me"), "3");
		harness.ledger.mark(List.of(), List.of(settlement(Settlement.Kind.RELEASED, ME, Duration.ZERO)));
		assertThat(harness.keys()).isEmpty();
	}

	@ParameterizedTest
	@EnumSource(Settlement.Kind.class)
	void settlesNothingUnderAnotherToken(Settlement.Kind kind) throws LedgerException {
		harness.hold("inbox/me", "t2");
		harness.template.opsForValue().set(KEYS.count("inbox/me"), "3");
		harness.ledger.mark(List.of(), List.of(settlement(kind, ME, HOUR)));
		assertThat(harness.value(KEYS.lease("inbox/me"))).isEqualTo("t2");
		assertThat(harness.left(KEYS.lease("inbox/me"))).isLessThan(Duration.ofSeconds(31));
		assertThat(harness.value(KEYS.count("inbox/me"))).isEqualTo("3");
		harness.end("inbox/me");
		harness.ledger.mark(List.of(), List.of(settlement(kind, ME, HOUR)));
		assertThat(harness.value(KEYS.lease("inbox/me"))).isNull();
	}

	@Test
	void marksAndSettlesThreeSegmentsAtOnce() throws LedgerException {
		harness.hold("retry/two", "t2");
		harness.hold("retry/three", "t3");
		Lease two = lease("retry/two", "t2");
		Lease three = lease("retry/three", "t3");
		harness.put("a", "0|inbox/me/t1|0|0a0b0c0d");
		harness.put("b", "1|retry/two/t2|0|0a0b0c0d");
		harness.put("c", "2|retry/three/t3|0|0a0b0c0d");
		List<Mark> marks = List.of(mark(Kind.HANDLED, "a", 0, ME), mark(Kind.RETRY, "b", 1, two),
				mark(Kind.RETRY, "c", 2, two), mark(Kind.DEAD, "c", 2, three));
		List<Settlement> settlements = List.of(settlement(Settlement.Kind.SETTLED, ME, HOUR),
				settlement(Settlement.Kind.LATER, two, HOUR), settlement(Settlement.Kind.RELEASED, three, HOUR));
		assertThat(harness.ledger.mark(marks, settlements)).containsExactly(MarkAnswer.OK, MarkAnswer.OK,
				MarkAnswer.STOLEN, MarkAnswer.OK);
		assertThat(List.of(harness.record("a"), harness.record("b"), harness.record("c")))
			.containsExactly("done|0a0b0c0d", "2||0|0a0b0c0d", "dead|0a0b0c0d");
		assertThat(harness.value(KEYS.lease("inbox/me"))).isEqualTo("settled");
		assertThat(harness.value(KEYS.lease("retry/two"))).isEqualTo("later");
		assertThat(harness.value(KEYS.lease("retry/three"))).isNull();
	}

	private static MarkAnswer mark1(Kind kind, int attempt) throws LedgerException {
		return harness.ledger.mark(List.of(mark(kind, "r", attempt, ME)), List.of()).getFirst();
	}

}
