package dev.holdfast.buffer;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;

import dev.holdfast.buffer.DeliveryBuffer.Cause;
import dev.holdfast.buffer.DeliveryBuffer.NotHeldException;
import dev.holdfast.buffer.StoreException.Kind;
import dev.holdfast.delivery.Copy;
import dev.holdfast.schedule.Scheduler;
import dev.holdfast.simulation.World;
import dev.holdfast.telemetry.Conditions;
import io.micrometer.core.instrument.DistributionSummary;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;

class GroupCommitTests {

	private static final Duration PATIENCE = Duration.ofMillis(3900);

	private final World world = new World(1);

	private final World.Process replica = this.world.new Process(Duration.ZERO);

	private final SteppedStore store = new SteppedStore(this.replica);

	private final Told told = new Told();

	private final SimpleMeterRegistry meters = new SimpleMeterRegistry();

	private final DistributionSummary batches = DistributionSummary.builder("batch").register(this.meters);

	private final StoreBreaker breaker = new StoreBreaker(this.replica, new Conditions(this.meters), () -> {
		throw new StoreException(Kind.UNAVAILABLE, "down", null);
	});

	private GroupCommit buffer = buffer(256);

	@Test
	void storesEachAtOnceAndAloneWhileItIsIdle() {
		for (int i = 0; i < 3; i++) {
			Waiter waiter = hold("" + i);
			this.world.settle();
			assertThat(this.store.puts()).hasSize(i + 1);
			assertThat(this.store.last().ids()).containsExactly("" + i);
			assertThat(waiter.fate).as("before the answer").isNull();
			this.store.last().succeed();
			this.world.settle();
			assertThat(waiter.fate).isEqualTo("held");
		}
		assertThat(this.batches.mean()).isEqualTo(1);
	}

	@Test
	void takesTogetherWhatArrivesWhileAPutIsInFlight() {
		hold("first");
		this.world.settle();
		List<Waiter> waiters = List.of(hold("a"), hold("b"), hold("c"));
		this.world.pass(Duration.ofMillis(200));
		assertThat(this.store.puts()).hasSize(1);
		this.store.last().succeed();
		this.world.settle();
		assertThat(this.store.puts()).hasSize(2);
		assertThat(this.store.last().ids()).containsExactlyInAnyOrder("a", "b", "c");
		assertThat(waiters).allMatch((waiter) -> waiter.fate == null);
		this.store.last().succeed();
		this.world.settle();
		assertThat(waiters).allMatch((waiter) -> "held".equals(waiter.fate));
		assertThat(this.batches.max()).isEqualTo(3);
	}

	@Test
	void startsASecondPutForAFullBatch() {
		this.buffer = buffer(3);
		hold("first");
		this.world.settle();
		hold("a");
		hold("b");
		this.world.settle();
		assertThat(this.store.inFlight()).hasSize(1);
		hold("c");
		this.world.settle();
		assertThat(this.store.inFlight()).hasSize(2);
		assertThat(this.store.last().deliveries()).isEqualTo(3);
	}

	@Test
	void startsASecondPutForABatchOfFourMebibytes() {
		hold("first");
		this.world.settle();
		hold("a", new byte[3 << 20], PATIENCE);
		this.world.settle();
		assertThat(this.store.inFlight()).hasSize(1);
		hold("b", new byte[1 << 20], PATIENCE);
		this.world.settle();
		assertThat(this.store.inFlight()).hasSize(2);
		assertThat(this.store.last().ids()).containsExactly("a");
	}

	@Test
	void storesADeliveryThatIsLargerThanABatchAlone() {
		hold("first");
		this.world.settle();
		hold("a");
		this.world.settle();
		hold("large", new byte[5 << 20], PATIENCE);
		this.world.settle();
		this.store.inFlight().forEach(SteppedStore.Put::succeed);
		this.world.settle();
		this.store.inFlight().forEach(SteppedStore.Put::succeed);
		this.world.settle();
		assertThat(this.store.puts().stream().map(SteppedStore.Put::ids)).containsExactly(List.of("first"),
				List.of("a"), List.of("large"));
	}

	@Test
	void letsAnotherStartWhenTheFirstIsSlow() {
		hold("first");
		this.world.pass(Duration.ofMillis(100));
		hold("second");
		this.world.pass(Duration.ofMillis(199));
		assertThat(this.store.inFlight()).as("at 299 ms: usual is 100 ms").hasSize(1);
		this.world.pass(Duration.ofMillis(1));
		assertThat(this.store.inFlight()).as("at 300 ms").hasSize(2);
		hold("third");
		this.world.pass(Duration.ofMillis(299));
		assertThat(this.store.inFlight()).as("the newest is not slow yet").hasSize(2);
		this.world.pass(Duration.ofMillis(1));
		assertThat(this.store.inFlight()).hasSize(3);
	}

	@Test
	void looksAtASlowPutWhateverTheOthersTookMeanwhile() {
		hold("first");
		this.world.pass(Duration.ofMillis(100));
		hold("second");
		this.world.pass(Duration.ofMillis(210));
		hold("third");
		this.world.pass(Duration.ofMillis(10));
		this.store.puts().getFirst().succeed();
		this.world.pass(Duration.ofMillis(279));
		assertThat(this.store.puts()).hasSize(2);
		this.world.pass(Duration.ofMillis(1));
		assertThat(this.store.puts()).as("at 600 ms, 300 ms after the second").hasSize(3);
	}

	@Test
	void hasNeverMoreThanEightInFlight() {
		this.buffer = buffer(1);
		for (int i = 0; i < 20; i++) {
			hold("" + i);
		}
		this.world.pass(Duration.ofSeconds(1));
		assertThat(this.store.inFlight()).hasSize(8);
		for (int landed = 1; landed <= 12; landed++) {
			this.store.inFlight().getFirst().succeed();
			this.world.settle();
			assertThat(this.store.inFlight()).hasSize(8);
		}
		assertThat(this.store.puts()).hasSize(20);
	}

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
	void repeatsAPutThatIsNotAnsweredInTime() {
		hold("a");
		this.world.pass(Duration.ofMillis(1300));
		assertThat(this.store.puts()).hasSize(2);
		assertThat(this.store.puts().getFirst().atMost()).isBetween(Duration.ofMillis(1200), Duration.ofMillis(1210));
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
		this.buffer = buffer(2);
		Waiter first = hold("first");
		this.world.settle();
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
			this.store.last().fail(Kind.UNAVAILABLE);
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
		this.world.settle();
		this.store.last().succeed();
		this.world.settle();
		assertThat(next.fate).isEqualTo("held");
	}

	@Test
	void tellsOfASegmentOnlyOnceItIsConfirmed() {
		hold("a");
		this.world.settle();
		assertThat(this.told.keys).isEmpty();
		this.store.last().succeed();
		this.world.settle();
		assertThat(this.told.keys).containsExactly(this.store.last().key());
		assertThat(this.told.copies).singleElement()
			.satisfies((copy) -> assertThat(copy.delivery().id().value()).isEqualTo("a"));
		assertThat(this.store.last().key().handedOff()).isTrue();
		assertThat(this.store.last().key().folder()).isEqualTo(SegmentKey.INBOX);
	}

	@Test
	void refusesWhatComesWhileItStops() throws Exception {
		this.buffer.close();
		Waiter waiter = hold("a");
		this.world.settle();
		assertThat(waiter.fate).isEqualTo(Cause.SHUTTING_DOWN.name());
	}

	private GroupCommit buffer(int maxDeliveries) {
		return new GroupCommit(maxDeliveries, this.store, this.breaker, this.told, this.replica, new Random(1),
				this.batches);
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

	private Waiter hold(String id) {
		return hold(id, id.getBytes(java.nio.charset.StandardCharsets.US_ASCII), PATIENCE);
	}

	private Waiter hold(String id, byte[] body, Duration patience) {
		Waiter waiter = new Waiter(this.world.nanoTime());
		waiter.task = this.replica.start("hold", () -> {
			try {
				this.buffer.hold(Copies.of(id, body), waiter.began + patience.toNanos());
				waiter.fate = "held";
			}
			catch (NotHeldException ex) {
				waiter.fate = ex.reason().name();
			}
			catch (InterruptedException _) {
				waiter.fate = "interrupted";
			}
			waiter.after = Duration.ofNanos(this.world.nanoTime() - waiter.began);
		});
		return waiter;
	}

	private static final class Waiter {

		private final long began;

		private Scheduler.Task task;

		private String fate;

		private Duration after;

		Waiter(long began) {
			this.began = began;
		}

	}

	private static final class Told implements SegmentListener {

		private final List<SegmentKey> keys = new ArrayList<>();

		private final List<Copy> copies = new ArrayList<>();

		@Override
		public void stored(SegmentKey key, List<Copy> copies) {
			this.keys.add(key);
			this.copies.addAll(copies);
		}

		@Override
		public boolean processes() {
			return true;
		}

	}

}
