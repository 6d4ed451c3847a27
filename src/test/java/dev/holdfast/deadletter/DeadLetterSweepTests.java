package dev.holdfast.deadletter;

import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;

import dev.holdfast.buffer.MemoryObjectStore.Moment;
import dev.holdfast.buffer.MemoryObjectStore.Operation;
import dev.holdfast.buffer.Payload;
import dev.holdfast.buffer.SegmentKey;
import dev.holdfast.buffer.StoreException;
import dev.holdfast.schedule.Scheduler;
import dev.holdfast.telemetry.Condition;
import dev.holdfast.telemetry.Meters;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

import static dev.holdfast.deadletter.Cemetery.SHOP;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

/// Dead letters end with their retention, by the store's clock and never all at once.
class DeadLetterSweepTests {

	private static final Duration RETENTION = Duration.ofDays(30);

	private final Cemetery cemetery = new Cemetery();

	private final Alarms scheduler = new Alarms();

	private final DeadLetterSweep sweep = this.cemetery.sweep(RETENTION, this.scheduler);

	@AfterEach
	void close() {
		this.cemetery.close();
	}

	@Test
	void deletesWhatIsPastItsRetentionByTheStoresClock() throws StoreException {
		bury(1);
		this.cemetery.buryRaw();
		pass(RETENTION.minusSeconds(1));
		bury(1);
		assertThat(swept()).isZero();
		pass(Duration.ofSeconds(1));
		assertThat(swept()).isEqualTo(2);
		assertThat(this.cemetery.count(Meters.DISCARDED, "reason", "retention")).isEqualTo(2);
		assertThat(this.cemetery.store.keys("")).hasSize(1);
	}

	@ParameterizedTest
	@CsvSource({ "100,0,true", "101,0,false", "101,908,false", "101,909,true", "150,1349,false", "150,1350,true" })
	void stopsRatherThanDeleteMoreThanATenthAtOnce(int old, int young, boolean deleted) throws StoreException {
		bury(old);
		pass(RETENTION);
		bury(young);
		assertThat(swept()).isEqualTo(deleted ? old : 0);
		assertThat(this.cemetery.conditions.holds(Condition.SWEEP_STOPPED)).isEqualTo(!deleted);
	}

	@Test
	void goesOnOnceThereAreFewer() throws StoreException {
		bury(101);
		pass(RETENTION);
		assertThat(swept()).isZero();
		assertThat(this.cemetery.endpoint.discardAll(null, null, null, "30d", null, null, "101").getStatus())
			.isEqualTo(200);
		bury(3);
		swept();
		assertThat(this.cemetery.conditions.holds(Condition.SWEEP_STOPPED)).isFalse();
		assertThat(this.cemetery.store.keys("")).hasSize(3);
	}

	@Test
	void deletesInBatches() throws StoreException {
		bury(1100);
		pass(RETENTION);
		bury(9900);
		assertThat(swept()).isEqualTo(1100);
		assertThat(this.cemetery.store.calls().stream().filter((call) -> call.startsWith("DELETE"))).hasSize(3)
			.allSatisfy((call) -> assertThat(call.split(" ")).hasSizeLessThanOrEqualTo(501));
	}

	@ParameterizedTest
	@CsvSource({ "30,24", "90,84", "5,4" })
	void warnsBeforeRetentionTakesThem(int retention, int warning) throws StoreException {
		DeadLetterSweep other = this.cemetery.sweep(Duration.ofDays(retention), this.scheduler);
		bury(1);
		pass(Duration.ofDays(warning).minusSeconds(1));
		other.sweep();
		assertThat(this.cemetery.conditions.holds(Condition.DEAD_LETTERS_AGEING)).isFalse();
		pass(Duration.ofSeconds(1));
		other.sweep();
		assertThat(this.cemetery.conditions.holds(Condition.DEAD_LETTERS_AGEING)).isTrue();
		pass(Duration.ofDays(retention - warning));
		other.sweep();
		assertThat(this.cemetery.conditions.holds(Condition.DEAD_LETTERS_AGEING)).isFalse();
		assertThat(this.cemetery.store.keys("")).isEmpty();
	}

	@Test
	void keepsWarningOfWhatTheStoreDoesNotDelete() throws StoreException {
		bury(1);
		this.cemetery.store.refuseToDelete(this.cemetery.store.keys("").getFirst());
		pass(RETENTION);
		assertThat(swept()).isZero();
		assertThat(this.cemetery.conditions.holds(Condition.DEAD_LETTERS_AGEING)).isTrue();
		assertThat(this.cemetery.count(Meters.DISCARDED)).isZero();
	}

	@Test
	void leavesOtherPrefixesAndForeignObjectsAlone() throws StoreException {
		this.cemetery.store.put("inbox/20261120T020000000Z-0123456789abcdef-1-10.http", Payload.of(new byte[10]),
				Duration.ZERO);
		this.cemetery.store.put("dead-letter/notes.txt", Payload.of(new byte[10]), Duration.ZERO);
		pass(RETENTION.multipliedBy(2));
		assertThat(swept()).isZero();
		assertThat(this.cemetery.conditions.holds(Condition.FOREIGN_OBJECTS)).isTrue();
	}

	@Test
	void measuresWhatThereIs() throws StoreException {
		assertThat(gauge(Meters.WAITING)).isNaN();
		bury(3);
		this.cemetery.store.setPageSize(2);
		pass(Duration.ofMinutes(2));
		this.sweep.sweep();
		assertThat(gauge(Meters.WAITING)).isEqualTo(3);
		assertThat(gauge(Meters.WAITING_BYTES)).isGreaterThan(1000);
		assertThat(gauge(Meters.OLDEST)).isBetween(120.0, 121.0);
		this.scheduler.nanos += Duration.ofHours(3).toNanos();
		assertThat(gauge(Meters.WAITING)).isNaN();
	}

	@Test
	void sweepsAMinuteAfterTheStartAndThenEveryHourWhateverFails() throws StoreException {
		bury(1);
		pass(RETENTION);
		this.sweep.start();
		assertThat(this.scheduler.delays).containsExactly(Duration.ofMinutes(1));
		this.cemetery.store.failNext(Operation.LIST, Moment.BEFORE, SegmentKey.DEAD_LETTER);
		this.scheduler.last.run();
		assertThat(this.cemetery.store.keys("")).hasSize(1);
		this.scheduler.last.run();
		assertThat(this.cemetery.store.keys("")).isEmpty();
		assertThat(this.scheduler.delays).containsExactly(Duration.ofMinutes(1), Duration.ofHours(1),
				Duration.ofHours(1));
		this.sweep.stop();
		this.scheduler.last.run();
		assertThat(this.scheduler.delays).hasSize(3);
	}

	@ParameterizedTest
	@CsvSource({ "PT23H59M59S", "PT0S", "-PT1H", "P3651D" })
	void needsARetentionOfADayAtLeast(Duration retention) {
		assertThatIllegalArgumentException().isThrownBy(() -> new DeadLetterProperties(retention))
			.withMessageContaining("holdfast.dead-letter.retention");
	}

	private void bury(int count) throws StoreException {
		for (int i = 0; i < count; i++) {
			this.cemetery.buryAt(SHOP, "id-" + i);
		}
	}

	private void pass(Duration duration) {
		this.cemetery.store.advance(duration);
	}

	private int swept() throws StoreException {
		int before = this.cemetery.store.keys(SegmentKey.DEAD_LETTER).size();
		this.sweep.sweep();
		return before - this.cemetery.store.keys(SegmentKey.DEAD_LETTER).size();
	}

	private double gauge(Meters meter) {
		return this.cemetery.meters.get(meter.id()).tag("prefix", "dead-letter").gauge().value();
	}

	/// Remembers what is to be run when.
	private static final class Alarms implements Scheduler {

		final List<Duration> delays = new ArrayList<>();

		Runnable last = () -> {
		};

		long nanos;

		@Override
		public Instant now() {
			return Instant.EPOCH;
		}

		@Override
		public long nanoTime() {
			return this.nanos;
		}

		@Override
		public Task start(String name, Runnable work) {
			throw new UnsupportedOperationException();
		}

		@Override
		public Task after(Duration delay, String name, Runnable work) {
			this.delays.add(delay);
			this.last = work;
			return () -> {
			};
		}

		@Override
		public <T> T await(CompletableFuture<T> future, Duration atMost) {
			throw new UnsupportedOperationException();
		}

		@Override
		public void pause(Duration duration) {
			throw new UnsupportedOperationException();
		}

	}

}
