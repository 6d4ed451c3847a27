package dev.holdfast.process;

import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Objects;
import java.util.Random;

import dev.holdfast.delivery.Copy;
import dev.holdfast.delivery.Envelope;
import dev.holdfast.ledger.CopyKeys;
import dev.holdfast.ledger.Ledger.Mark;
import dev.holdfast.process.Verdict.End;
import dev.holdfast.simulation.World;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

import static org.assertj.core.api.Assertions.assertThat;

class VerdictTests {

	private static final Instant NOW = World.EPOCH;

	private static final RetryPolicy POLICY = new RetryPolicy(20, Duration.ofHours(72));

	private static final Copy COPY = Bench.copy("1");

	/// All combinations of two handlers: what is stored for whom, and the mark.
	@ParameterizedTest
	@CsvSource(value = { "handled | handled | handled", "handled | retry | HANDLED: b again",
			"handled | asked | HANDLED: b again", "handled | dead | HANDLED: b buried",
			"handled | parked | HANDLED: b parked", "handled | released | HANDLED: b parked",
			"retry | retry | RETRY: all again", "retry | asked | RETRY: all again",
			"retry | dead | HANDLED: a again, b buried", "retry | parked | HANDLED: a again, b parked",
			"retry | released | released", "asked | asked | RETRY: all again",
			"asked | dead | HANDLED: a again, b buried", "asked | parked | HANDLED: a again, b parked",
			"asked | released | released", "dead | dead | DEAD: all buried",
			"dead | parked | HANDLED: a buried, b parked", "dead | released | released",
			"parked | parked | RELEASED: all parked", "parked | released | released",
			"released | released | released" }, delimiter = '|')
	void decidesForTwoHandlers(String first, String second, String expected) {
		assertThat(describe(verdict(first, second))).isEqualTo(expected);
		String[] swapped = expected.split(": ");
		String mirrored = describe(verdict(second, first));
		assertThat(mirrored).startsWith(swapped[0]);
		assertThat(mirrored.split(", ")).hasSameSizeAs(expected.split(", "));
	}

	@ParameterizedTest
	@CsvSource(value = { "handled | handled", "retry | RETRY: all again", "dead | DEAD: all buried",
			"parked | RELEASED: all parked", "released | released" }, delimiter = '|')
	void decidesForOneHandler(String result, String expected) {
		assertThat(describe(verdict(result))).isEqualTo(expected);
	}

	@Test
	void waitsForTheLongestThatWasAskedFor() {
		Verdict verdict = Verdict.of(COPY, List.of(end("a", new Outcome.Retry(Duration.ofSeconds(5), "x")),
				end("b", new Outcome.Retry(Duration.ofSeconds(9), "y")), end("c", new Outcome.Retry(null, "z"))),
				POLICY, NOW);
		assertThat(verdict).isInstanceOfSatisfying(Verdict.GoesOn.class, (goesOn) -> {
			assertThat(goesOn.added()).isZero();
			assertThat(goesOn.copies()).singleElement()
				.isInstanceOfSatisfying(NextCopy.Again.class,
						(again) -> assertThat(again.asked()).isEqualTo(Duration.ofSeconds(9)));
		});
	}

	@Test
	void countsAnAttemptForARetryAndNoneForTheRest() {
		assertThat(next("retry").envelope().attempt()).isEqualTo(1);
		assertThat(next("dead").envelope().attempt()).isZero();
		assertThat(next("parked").envelope().attempt()).isZero();
		assertThat(next("parked").envelope().failure()).isNull();
	}

	@Test
	void remembersTheFirstFailure() {
		Copy again = next("retry");
		Verdict verdict = Verdict.of(again, List.of(end("a", Outcome.retry("second"))), POLICY, NOW.plusSeconds(3600));
		Envelope.Failure failure = Objects
			.requireNonNull(((Verdict.GoesOn) verdict).copies().getFirst().copy().envelope().failure());
		assertThat(failure.first()).isEqualTo(NOW);
		assertThat(failure.error()).isEqualTo("second");
	}

	@Test
	void givesUpAfterTheLastAttemptOrTheGreatestAge() {
		Copy last = COPY.with(new Envelope(NOW, "current", 0, 19, null, null));
		assertThat(reason(last, NOW)).isEqualTo("attempts-exhausted");
		assertThat(reason(COPY.with(new Envelope(NOW, "current", 0, 18, null, null)), NOW)).isEqualTo("failed");
		Copy failed = COPY.with(COPY.envelope().next(new Envelope.Failure(NOW, "failed", "x")));
		assertThat(reason(failed, NOW.plus(Duration.ofHours(72)))).isEqualTo("failed");
		assertThat(reason(failed, NOW.plus(Duration.ofHours(72)).plusMillis(1))).isEqualTo("too-old");
		assertThat(reason(COPY, NOW.plus(Duration.ofDays(365)))).as("nothing dies without an attempt")
			.isEqualTo("failed");
	}

	@ParameterizedTest
	@ValueSource(ints = { 0, 1, 5, 9, 10, 19, 20, 62, 63, 64, 1000 })
	void backsOffWithFullJitterUpToAnHour(int attempt) {
		long ceiling = (attempt < 10) ? 5000L << attempt : 3_600_000;
		Random random = new Random(1);
		long most = 0;
		long least = Long.MAX_VALUE;
		for (int i = 0; i < 500; i++) {
			long delay = POLICY.delay(attempt, null, random).toMillis();
			most = Math.max(most, delay);
			least = Math.min(least, delay);
		}
		assertThat(most).isBetween(ceiling * 9 / 10, ceiling);
		assertThat(least).isBetween(0L, ceiling / 10);
	}

	@Test
	void waitsAsAskedUpToAnHour() {
		Random random = new Random(1);
		assertThat(POLICY.delay(0, Duration.ofSeconds(7), random)).isEqualTo(Duration.ofSeconds(7));
		assertThat(POLICY.delay(0, Duration.ofDays(7), random)).isEqualTo(Duration.ofHours(1));
		assertThat(POLICY.delay(0, Duration.ofSeconds(-7), random)).isZero();
	}

	@Test
	void mergesEqualDeliveriesAndLetsTheFurthestAttemptStandForAll() {
		Copy next = COPY.with(COPY.envelope().next(new Envelope.Failure(NOW, "failed", "x")));
		Copy part = COPY.with(COPY.envelope().forHandler("mail"));
		Copy replay = COPY.with(COPY.envelope().replay());
		List<Item> items = Item.of(List.of(COPY, next, Bench.copy("2"), COPY, part, replay, part));
		assertThat(items.stream().map((item) -> item.times() + "x" + item.key().attempt())).containsExactly("3x1",
				"1x0", "2x0", "1x0");
		assertThat(items.getFirst().copy()).isEqualTo(next);
		assertThat(Item.keys(items)).doesNotHaveDuplicates();
		assertThat(CopyKeys.of(replay).record()).isEqualTo(CopyKeys.of(COPY).record().replace("#0", "#1"));
		assertThat(CopyKeys.idempotencyKey(CopyKeys.of(part))).isEqualTo(CopyKeys.idempotencyKey(CopyKeys.of(next)))
			.isNotEqualTo(CopyKeys.idempotencyKey(CopyKeys.of(replay)))
			.matches("[A-Za-z0-9_-]{43}\\.0");
	}

	private static String reason(Copy copy, Instant now) {
		Verdict verdict = Verdict.of(copy, List.of(end("a", Outcome.retry("x"))), POLICY, now);
		return Objects.requireNonNull(((Verdict.GoesOn) verdict).copies().getFirst().copy().envelope().failure())
			.reason();
	}

	private static Copy next(String result) {
		return ((Verdict.GoesOn) verdict(result)).copies().getFirst().copy();
	}

	private static Verdict verdict(String... results) {
		List<End> ends = new java.util.ArrayList<>();
		for (int i = 0; i < results.length; i++) {
			ends.add(new End("" + (char) ('a' + i), result(results[i])));
		}
		return Verdict.of(COPY, ends, POLICY, NOW);
	}

	private static End end(String handler, Outcome outcome) {
		return new End(handler, new Result.Ended(outcome));
	}

	private static Result result(String result) {
		return switch (result) {
			case "handled" -> new Result.Ended(Outcome.handled());
			case "retry" -> new Result.Ended(Outcome.retry("x"));
			case "asked" -> new Result.Ended(Outcome.retry(Duration.ofSeconds(9), "x"));
			case "dead" -> new Result.Ended(Outcome.dead("refused", "x"));
			case "parked" -> new Result.Parked(Duration.ofSeconds(5));
			default -> new Result.Released();
		};
	}

	private static String describe(Verdict verdict) {
		return switch (verdict) {
			case Verdict.Handled _ -> "handled";
			case Verdict.Released _ -> "released";
			case Verdict.GoesOn(List<NextCopy> copies, Mark.Kind mark) ->
				mark + ": " + String.join(", ", copies.stream().map(VerdictTests::describe).toList());
		};
	}

	private static String describe(NextCopy next) {
		String handler = Objects.requireNonNullElse(next.copy().envelope().handler(), "all");
		return handler + " " + next.getClass().getSimpleName().toLowerCase(java.util.Locale.ROOT);
	}

}
