package dev.holdfast.buffer;

import java.time.Duration;
import java.util.List;

import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

class GroupCommitTests extends GroupCommitBench {

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
			this.world.pass(INTERVAL);
		}
		assertThat(this.batches.mean()).isEqualTo(1);
	}

	@Test
	void asksAStoreThatAnswersAtOnceEveryFiveMilliseconds() {
		storeOne();
		hold("a");
		hold("b");
		this.world.pass(INTERVAL.minusNanos(1));
		assertThat(this.store.segments()).hasSize(1);
		this.world.pass(Duration.ofNanos(1));
		assertThat(this.store.last().ids()).containsExactlyInAnyOrder("a", "b");
		this.store.last().succeed();
		this.world.pass(INTERVAL.minusNanos(1));
		hold("c");
		this.world.settle();
		assertThat(this.store.segments()).hasSize(2);
		this.world.pass(Duration.ofNanos(1));
		assertThat(this.store.last().ids()).containsExactly("c");
	}

	@Test
	void waitsForCompanyNoLongerThanTheInterval() {
		this.buffer = buffer(18);
		hold("first");
		this.world.settle();
		List.of("a", "b", "c").forEach(this::hold);
		this.world.pass(INTERVAL.minusNanos(1));
		assertThat(this.store.inFlight()).as("a sixth waits").hasSize(1);
		this.world.pass(Duration.ofNanos(1));
		assertThat(this.store.inFlight()).hasSize(2);
	}

	@Test
	void waitsNotAtAllWithAWholeBatch() {
		this.buffer = buffer(3);
		hold("first");
		this.world.settle();
		List.of("a", "b").forEach(this::hold);
		this.world.settle();
		assertThat(this.store.inFlight()).hasSize(1);
		hold("c");
		this.world.settle();
		assertThat(this.store.last().ids()).containsExactlyInAnyOrder("a", "b", "c");
		hold("large", new byte[4 << 20], PATIENCE);
		this.world.settle();
		assertThat(this.store.last().ids()).containsExactly("large");
	}

	@Test
	void waitsNoLongerWhenItStops() {
		storeOne();
		Waiter waiter = hold("a");
		this.world.settle();
		assertThat(this.store.segments()).hasSize(1);
		Thread.currentThread().interrupt();
		assertThatExceptionOfType(InterruptedException.class).as("it waits for the PUT").isThrownBy(this.buffer::close);
		this.world.settle();
		assertThat(this.store.last().ids()).containsExactly("a");
		this.store.last().succeed();
		this.world.settle();
		assertThat(waiter.fate).isEqualTo("held");
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
	void startsASecondPutForASixthOfABatch() {
		this.buffer = buffer(18);
		hold("first");
		this.world.pass(INTERVAL);
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
	void startsASecondPutForTwoThirdsOfAMebibyte() {
		hold("first");
		this.world.pass(INTERVAL);
		hold("a", new byte[5 << 17], PATIENCE);
		this.world.settle();
		assertThat(this.store.inFlight()).hasSize(1);
		hold("b", new byte[1 << 17], PATIENCE);
		this.world.settle();
		assertThat(this.store.inFlight()).hasSize(2);
		assertThat(this.store.last().ids()).containsExactly("a", "b");
	}

	@Test
	void takesNoMoreThanFourMebibytesAtOnce() {
		this.buffer = buffer(100);
		hold("first");
		this.world.pass(INTERVAL);
		for (int i = 0; i < PutLimit.MOST - 1; i++) {
			hold("alone " + i, new byte[1 << 20], PATIENCE);
			this.world.pass(INTERVAL);
		}
		assertThat(this.store.inFlight()).hasSize(PutLimit.MOST);
		hold("a", new byte[3 << 20], PATIENCE);
		hold("b", new byte[1 << 20], PATIENCE);
		this.world.settle();
		this.store.inFlight().forEach(SteppedStore.Put::succeed);
		this.world.pass(INTERVAL);
		assertThat(this.store.puts().stream().skip(PutLimit.MOST).map(SteppedStore.Put::ids))
			.containsExactlyInAnyOrder(List.of("a"), List.of("b"));
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
		assertThat(this.store.segments()).hasSize(2);
		this.world.pass(Duration.ofMillis(1));
		assertThat(this.store.segments()).as("at 600 ms, 300 ms after the second").hasSize(3);
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
		assertThat(this.store.segments()).hasSize(20);
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

	/// Stores one, after which the interval runs.
	private void storeOne() {
		hold("first");
		this.world.settle();
		this.store.last().succeed();
		this.world.settle();
	}

}
