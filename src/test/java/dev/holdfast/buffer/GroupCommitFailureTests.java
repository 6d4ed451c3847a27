package dev.holdfast.buffer;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;

import dev.holdfast.buffer.DeliveryBuffer.Cause;
import dev.holdfast.buffer.StoreException.Kind;
import dev.holdfast.schedule.Scheduler;
import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;

/// What becomes of those who wait when a PUT is slow, fails, or is not to be.
class GroupCommitFailureTests extends GroupCommitBench {

	@Test
	void halvesAtSlowDownAndRegainsBySuccess() {
		this.buffer = buffer(1);
		for (int limit : new int[] { 4, 2, 1, 1 }) {
			hold("slowed");
			this.world.settle();
			this.store.last().fail(Kind.SLOW_DOWN);
			this.world.pass(Duration.ofMillis(100));
			this.store.last().succeed();
			this.world.settle();
			assertThat(mostInFlight()).isEqualTo(limit);
		}
		int regained = 1;
		for (int successes = 0; regained < 8 && successes < 1000; successes++) {
			hold("regained");
			this.world.settle();
			this.store.last().succeed();
			this.world.settle();
			if (successes % 20 == 19) {
				int now = mostInFlight();
				assertThat(now).isBetween(regained, regained + 2);
				regained = now;
			}
		}
		assertThat(regained).isEqualTo(8);
	}

	@Test
	void tellsThoseWhomASlowPutKeepsWaiting() {
		Waiter first = hold("first");
		this.world.settle();
		this.world.pass(Duration.ofMillis(50));
		Waiter second = hold("second");
		this.world.pass(Duration.ofMillis(49));
		assertThat(first.slow).isFalse();
		this.world.pass(Duration.ofMillis(2));
		assertThat(first.slow).isTrue();
		assertThat(first.fate).isNull();
		assertThat(second.slow).as("its PUT has not begun").isFalse();
	}

	@Test
	void repeatsAFailedPutUnderTheSameKey() {
		Waiter waiter = hold("a");
		this.world.settle();
		this.store.last().fail(Kind.UNAVAILABLE);
		this.world.pass(Duration.ofMillis(24));
		assertThat(this.store.puts()).as("the back-off is 25 ms at least").hasSize(1);
		this.world.pass(Duration.ofMillis(52));
		assertThat(this.store.puts()).as("and 75 ms at most").hasSize(2);
		assertThat(this.store.last().key()).isEqualTo(this.store.puts().getFirst().key());
		assertThat(this.store.last().bytes()).isEqualTo(this.store.puts().getFirst().bytes());
		assertThat(waiter.fate).isNull();
		this.store.last().succeed();
		this.world.settle();
		assertThat(waiter.fate).isEqualTo("held");
		assertThat(this.told.keys).hasSize(1);
	}

	@Test
	void putsAThirdTimeBesideTwoThatSeemLost() {
		Waiter waiter = hold("a");
		this.world.pass(Duration.ofMillis(1199));
		assertThat(this.store.puts()).hasSize(2);
		this.world.pass(Duration.ofMillis(1));
		assertThat(this.store.puts().stream().map(SteppedStore.Put::atMost)).as("all until the deadline")
			.containsExactly(PATIENCE, PATIENCE.minusMillis(300), PATIENCE.minusMillis(1200));
		this.store.last().succeed();
		this.world.settle();
		assertThat(waiter.fate).isEqualTo("held");
		assertThat(this.store.unanswered()).as("the others are given up").isEmpty();
	}

	@Test
	void waitsForAStoreThatTakesItsTime() {
		for (int i = 0; i < 10; i++) {
			List<Waiter> waiters = List.of(hold("a"), hold("b"));
			this.world.pass(Duration.ofMillis(1900));
			this.store.inFlight().forEach(SteppedStore.Put::succeed);
			this.world.pass(Duration.ofMillis(1900));
			this.store.inFlight().forEach(SteppedStore.Put::succeed);
			this.world.settle();
			assertThat(waiters).allMatch((waiter) -> "held".equals(waiter.fate));
		}
		assertThat(this.breaker.isOpen()).isFalse();
	}

	@Test
	void leavesAPutAloneThatCannotBeInterrupted() {
		this.store.deaf = true;
		Waiter waiter = hold("a");
		this.world.pass(PATIENCE.plusMillis(200));
		assertThat(waiter.fate).isEqualTo(Cause.STORE_SLOW.name());
		assertThat(mostInFlight()).as("its place is free").isEqualTo(1);
	}

	@Test
	void putsASecondTimeBesideASlowPut() {
		Waiter waiter = hold("a");
		this.world.pass(Duration.ofMillis(299));
		assertThat(this.store.puts()).as("at 299 ms: usual is 100 ms").hasSize(1);
		this.world.pass(Duration.ofMillis(1));
		assertThat(this.store.puts()).hasSize(2);
		assertThat(this.store.last().key()).isEqualTo(this.store.puts().getFirst().key());
		assertThat(this.store.last().bytes()).isEqualTo(this.store.puts().getFirst().bytes());
		this.store.last().succeed();
		this.world.settle();
		assertThat(waiter.fate).isEqualTo("held");
		assertThat(this.told.keys).hasSize(1);
		assertThat(this.store.unanswered()).as("the first is given up").isEmpty();
	}

	@Test
	void waitsForTheFirstPutWhenTheSecondFails() {
		Waiter waiter = hold("a");
		this.world.pass(Duration.ofMillis(300));
		this.store.last().fail(Kind.UNAVAILABLE);
		this.world.settle();
		assertThat(waiter.fate).isNull();
		this.store.puts().getFirst().succeed();
		this.world.settle();
		assertThat(waiter.fate).isEqualTo("held");
		this.world.pass(PATIENCE);
		assertThat(this.store.puts()).hasSize(2);
	}

	@Test
	void takesNothingForStoredThatWasInterrupted() {
		SegmentPuts puts = new SegmentPuts(this.store, this.breaker, new PutLimit(), new PutPace(), this.replica,
				new Random(1));
		List<Cause> ends = new ArrayList<>();
		Scheduler.Task put = this.replica.start("put",
				() -> ends.add(puts.put("a", Payload.of(new byte[1]), this.world.nanoTime() + PATIENCE.toNanos())));
		this.world.settle();
		put.cancel();
		this.world.settle();
		assertThat(ends).containsExactly(Cause.SHUTTING_DOWN);
	}

	@Test
	void putsNoSecondTimeWhileTheStoreAsksForLess() {
		hold("slowed");
		this.world.settle();
		this.store.last().fail(Kind.SLOW_DOWN);
		this.world.pass(Duration.ofMillis(1000));
		assertThat(this.store.puts()).hasSize(2);
	}

	@Test
	void repeatsNoLongerThanTheOldestWaiterWaits() {
		hold("first");
		this.world.settle();
		Waiter hasty = hold("hasty", new byte[9], Duration.ofSeconds(1));
		Waiter patient = hold("patient");
		this.world.settle();
		this.store.last().succeed();
		this.world.settle();
		for (int i = 0; i < 200 && patient.fate == null; i++) {
			this.store.inFlight().forEach((put) -> put.fail(Kind.SLOW_DOWN));
			this.world.pass(Duration.ofMillis(20));
		}
		assertThat(hasty.fate).isEqualTo(Cause.STORE_SLOW.name());
		assertThat(hasty.after).isEqualTo(Duration.ofSeconds(1));
		assertThat(patient.fate).isEqualTo(Cause.STORE_FAILED.name());
		assertThat(patient.after).isBetween(Duration.ofSeconds(1), Duration.ofMillis(1600));
		assertThat(this.store.puts())
			.allSatisfy((put) -> assertThat(put.at() + put.atMost().toNanos()).isLessThanOrEqualTo(3_900_000_000L));
		int puts = this.store.puts().size();
		this.world.pass(Duration.ofSeconds(10));
		assertThat(this.store.puts()).hasSize(puts);
	}

	@Test
	void leavesOutWhoHasGivenUp() {
		hold("first");
		this.world.settle();
		Waiter hasty = hold("hasty", new byte[9], Duration.ofMillis(100));
		Waiter interrupted = hold("interrupted");
		hold("patient");
		this.world.pass(Duration.ofMillis(50));
		interrupted.task.cancel();
		this.world.pass(Duration.ofMillis(50));
		assertThat(hasty.fate).isEqualTo(Cause.STORE_SLOW.name());
		assertThat(interrupted.fate).isEqualTo("interrupted");
		this.store.last().succeed();
		this.world.settle();
		assertThat(this.store.last().ids()).containsExactly("patient");
	}

	@Test
	void givesEachWaiterTheFateOfItsOwnPut() {
		this.buffer = buffer(8);
		Waiter first = hold("first");
		this.world.pass(INTERVAL);
		List<Waiter> second = List.of(hold("a"), hold("b"));
		this.world.settle();
		this.store.last().succeed();
		this.world.settle();
		assertThat(second).allMatch((waiter) -> "held".equals(waiter.fate));
		assertThat(first.fate).isNull();
		this.world.pass(PATIENCE);
		assertThat(first.fate).isEqualTo(Cause.STORE_SLOW.name());
		assertThat(first.after).isEqualTo(PATIENCE);
	}

	@Test
	void failsAtOnceWhileTheBreakerIsOpen() {
		Waiter inFlight = hold("in flight");
		this.world.settle();
		Waiter pending = hold("pending");
		this.world.settle();
		this.breaker.open("down");
		this.world.settle();
		assertThat(pending.fate).isEqualTo(Cause.BREAKER_OPEN.name());
		assertThat(pending.after).isZero();
		Waiter late = hold("late");
		this.world.settle();
		assertThat(late.fate).isEqualTo(Cause.BREAKER_OPEN.name());
		this.store.last().succeed();
		this.world.settle();
		assertThat(inFlight.fate).as("its PUT was confirmed all the same").isEqualTo("held");
		assertThat(this.store.puts()).hasSize(1);
	}

	@Test
	void opensTheBreakerByItsFailures() {
		Waiter waiter = hold("a");
		for (int failures = 0; failures < StoreBreaker.FAILURES; failures++) {
			assertThat(this.breaker.isOpen()).isFalse();
			this.world.pass(Duration.ofMillis(600));
			this.store.unanswered().forEach((put) -> put.fail(Kind.UNAVAILABLE));
		}
		this.world.settle();
		assertThat(this.breaker.isOpen()).isTrue();
		assertThat(waiter.fate).isEqualTo(Cause.BREAKER_OPEN.name());
	}

	@Test
	void goesOnAfterAnErrorOfItsOwn() {
		Waiter waiter = hold("a");
		this.world.settle();
		this.store.last().breakWith(new IllegalStateException("broken"));
		assertThatIllegalStateException().isThrownBy(this.world::settle);
		this.world.settle();
		assertThat(waiter.fate).isEqualTo(Cause.STORE_FAILED.name());
		Waiter next = hold("b");
		this.world.pass(INTERVAL);
		this.store.last().succeed();
		this.world.settle();
		assertThat(next.fate).isEqualTo("held");
	}

	@Test
	void refusesWhatComesWhileItStops() throws Exception {
		this.buffer.close();
		Waiter waiter = hold("a");
		this.world.settle();
		assertThat(waiter.fate).isEqualTo(Cause.SHUTTING_DOWN.name());
	}

	/// Fills all there is room for, looks, and lets them land.
	private int mostInFlight() {
		for (int i = 0; i < 10; i++) {
			hold("fill");
		}
		this.world.settle();
		int most = this.store.inFlight().size();
		while (!this.store.inFlight().isEmpty()) {
			this.store.inFlight().getFirst().succeed();
			this.world.settle();
		}
		return most;
	}

}
