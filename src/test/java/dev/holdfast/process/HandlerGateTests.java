package dev.holdfast.process;

import java.time.Duration;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CompletableFuture;

import dev.holdfast.process.Bench.Host;
import dev.holdfast.process.Bench.Scripted;
import dev.holdfast.process.HandlerGate.Entry;
import dev.holdfast.process.Verdict.End;
import dev.holdfast.telemetry.Condition;
import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;

/// A handler that fails is paused; one whose first attempt fails is repeated at once.
class HandlerGateTests {

	private final Bench bench = new Bench();

	private Outcome outcome = Outcome.retry("down");

	private final Scripted books = this.bench.new Scripted("books", (_) -> this.outcome);

	private final Host host = this.bench.host(this.books);

	private final HandlerGate gate = new HandlerGate(this.books, this.host.process);

	@Test
	void pausesAfterTwentyFailuresInARow() {
		fail(19);
		this.gate.succeeded();
		fail(19);
		assertThat(this.gate.enter()).isInstanceOf(Entry.Open.class);
		assertThat(this.gate.failed()).isTrue();
		assertThat(this.gate.enter()).isEqualTo(new Entry.Paused(Duration.ofSeconds(5)));
		assertThat(this.gate.failed()).as("one that was still running changes nothing").isFalse();
		assertThat(this.gate.enter()).isEqualTo(new Entry.Paused(Duration.ofSeconds(5)));
	}

	@Test
	void letsOneProbeAndTheOthersWait() {
		fail(20);
		this.bench.pass(Duration.ofSeconds(5));
		assertThat(this.gate.enter()).isInstanceOf(Entry.Open.class);
		CompletableFuture<Void> probe = probing();
		assertThat(probing()).isSameAs(probe);
		assertThat(this.gate.isPaused()).isFalse();
		assertThat(this.gate.isDoubtful()).isTrue();
		this.gate.succeeded();
		assertThat(probe).isCompleted();
		assertThat(this.gate.enter()).isInstanceOf(Entry.Open.class);
		assertThat(this.gate.enter()).isInstanceOf(Entry.Open.class);
		assertThat(this.gate.isDoubtful()).isFalse();
	}

	@Test
	void pausesTwiceAsLongAfterEachFailedProbe() {
		fail(20);
		for (int seconds : new int[] { 5, 10, 20, 40, 60, 60 }) {
			assertThat(this.gate.enter()).isEqualTo(new Entry.Paused(Duration.ofSeconds(seconds)));
			this.bench.pass(Duration.ofSeconds(seconds));
			assertThat(this.gate.enter()).isInstanceOf(Entry.Open.class);
			CompletableFuture<Void> probe = probing();
			assertThat(this.gate.failed()).isTrue();
			assertThat(probe).isCompleted();
		}
	}

	/// Who waits keeps a worker from other handlers.
	@Test
	void waitsNoLongerThanASecondForAProbe() {
		fail(20);
		this.bench.pass(Duration.ofSeconds(5));
		this.gate.enter();
		this.bench.pass(Duration.ofMillis(999));
		assertThat(probing()).isNotDone();
		this.bench.pass(Duration.ofMillis(1));
		assertThat(this.gate.enter()).isEqualTo(new Entry.Paused(Duration.ofSeconds(5)));
		this.gate.succeeded();
		assertThat(this.gate.enter()).isInstanceOf(Entry.Open.class);
	}

	@Test
	void letsAnotherProbeWhereTheFirstLedToNoCall() {
		fail(20);
		this.bench.pass(Duration.ofSeconds(5));
		this.gate.enter();
		this.gate.withdrawn();
		assertThat(this.gate.enter()).isInstanceOf(Entry.Open.class);
	}

	@Test
	void repeatsAFirstAttemptTwiceAfterAMoment() {
		CompletableFuture<List<End>> end = call(0);
		this.bench.pass(Duration.ofMillis(399));
		assertThat(this.books.attempts).hasSize(1);
		this.bench.pass(Duration.ofMillis(401));
		assertThat(this.books.attempts).hasSize(2);
		this.bench.pass(Duration.ofMillis(3200));
		assertThat(this.books.attempts).hasSize(3).allMatch((attempt) -> attempt.number() == 1);
		assertThat(end.join()).containsExactly(new End("books", new Result.Ended(this.outcome)));
		this.bench.pass(Duration.ofMinutes(1));
		assertThat(this.books.attempts).hasSize(3);
	}

	@Test
	void repeatsNothingForAHandlerThatIsPausedMeanwhile() {
		call(0);
		for (int i = 0; i < 19; i++) {
			call(1);
		}
		this.bench.pass(Duration.ofSeconds(4));
		assertThat(this.books.attempts).hasSize(20);
	}

	@Test
	void endsWithTheOutcomeOfTheRepeat() {
		CompletableFuture<List<End>> end = call(0);
		this.outcome = Outcome.handled();
		this.bench.pass(Duration.ofSeconds(1));
		assertThat(end.join().getFirst().isHandled()).isTrue();
		assertThat(this.books.attempts).hasSize(2);
	}

	@Test
	void repeatsNoLaterAttemptAndNoneThatAskedForATime() {
		call(1);
		this.outcome = Outcome.retry(Duration.ofSeconds(1), "busy");
		call(0);
		this.outcome = Outcome.dead("refused", "no");
		call(0);
		this.bench.pass(Duration.ofMinutes(1));
		assertThat(this.books.attempts).hasSize(3);
	}

	@Test
	void parksForAPausedHandlerWithoutCallingIt() {
		for (int i = 0; i < 20; i++) {
			call(1);
		}
		assertThat(this.bench.conditions.holding()).containsOnlyKeys(Condition.HANDLER_PAUSED);
		assertThat(this.host.handlers.worthClaiming()).isZero();
		assertThat(call(1).join().getFirst().result()).isEqualTo(new Result.Parked(Duration.ofSeconds(5)));
		assertThat(this.books.attempts).hasSize(20);
		this.bench.pass(Duration.ofSeconds(5));
		assertThat(this.host.handlers.worthClaiming()).isEqualTo(1);
		this.outcome = Outcome.handled();
		assertThat(call(1).join().getFirst().isHandled()).isTrue();
		assertThat(this.bench.conditions.holding()).isEmpty();
		assertThat(this.host.handlers.worthClaiming()).isEqualTo(Integer.MAX_VALUE);
	}

	@Test
	void letsAnotherProbeWhereTheFirstWaitedForAPermitUntilItsLeaseEnded() {
		for (int i = 0; i < 20; i++) {
			call(1);
		}
		this.bench.pass(Duration.ofSeconds(5));
		takeAllPermits(Duration.ofSeconds(29));
		CompletableFuture<List<End>> probe = call(1);
		this.bench.pass(Duration.ofSeconds(30));
		assertThat(probe).isCompletedWithValueMatching((ends) -> ends.getFirst().isReleased());
		this.outcome = Outcome.handled();
		assertThat(call(1)).isCompletedWithValueMatching((ends) -> ends.getFirst().isHandled());
	}

	@Test
	void releasesWhatItMayNotCallAnyMore() {
		Leases.Held lease = this.host.leases.open("s", "t", this.bench.world.nanoTime());
		this.bench.pass(Duration.ofSeconds(28));
		assertThat(call(0, lease).join().getFirst().isReleased()).isTrue();
		assertThat(this.books.attempts).isEmpty();
	}

	@Test
	void refusesHandlersWithoutANameOfTheirOwn() {
		for (String name : List.of("", "a b", "a@b", "a#b", "ä", "x".repeat(33), "books")) {
			Scripted other = this.bench.new Scripted(name, (_) -> Outcome.handled());
			assertThatIllegalStateException().isThrownBy(
					() -> new Handlers(List.of(this.books, other), Set.of(), this.host.process, this.bench.conditions));
		}
	}

	private CompletableFuture<List<End>> call(int attempt) {
		return call(attempt, this.host.leases.open("s", "t", this.bench.world.nanoTime()));
	}

	private CompletableFuture<List<End>> call(int attempt, Leases.Held lease) {
		CompletableFuture<List<End>> ends = new CompletableFuture<>();
		dev.holdfast.delivery.Copy copy = Bench.copy("1");
		dev.holdfast.delivery.Envelope envelope = new dev.holdfast.delivery.Envelope(copy.envelope().receivedAt(),
				"current", 0, attempt, null, null);
		Item item = Item.of(List.of(copy.with(envelope))).getFirst();
		this.host.process.start("call", () -> {
			try {
				this.host.caller.call(item, lease).thenAccept(ends::complete);
			}
			catch (InterruptedException ex) {
				throw new AssertionError(ex);
			}
		});
		this.bench.world.settle();
		return ends;
	}

	private void takeAllPermits(Duration time) {
		Scripted slow = this.bench.new Scripted("slow", (_) -> {
			this.host.process.pause(time);
			return Outcome.handled();
		});
		for (int i = 0; i < 16; i++) {
			this.host.process.start("slow", () -> {
				try {
					this.host.runner.call(slow, new Attempt(Bench.copy("2").delivery(), "key", 1, time), () -> true);
				}
				catch (InterruptedException ex) {
					throw new AssertionError(ex);
				}
			});
		}
		this.bench.world.settle();
		assertThat(slow.attempts).hasSize(16);
	}

	private CompletableFuture<Void> probing() {
		return ((Entry.Probing) this.gate.enter()).result();
	}

	private void fail(int times) {
		for (int i = 0; i < times; i++) {
			this.gate.failed();
		}
	}

}
