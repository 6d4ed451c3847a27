package dev.holdfast.buffer;

import java.time.Duration;
import java.time.Instant;

import dev.holdfast.buffer.StoreException.Kind;
import dev.holdfast.simulation.World;
import dev.holdfast.telemetry.Condition;
import dev.holdfast.telemetry.Conditions;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;

/// What the buffer notices about the store: that it fails, that it is asked too much, how
/// long it takes, and what time it has.
class StoreWatchTests {

	private final World world = new World(1);

	private final World.Process replica = this.world.new Process(Duration.ZERO);

	private final Conditions conditions = new Conditions(new SimpleMeterRegistry());

	private boolean down = true;

	private boolean unexpected;

	private int succeedsAt;

	private StoreException failure = new StoreException(Kind.UNAVAILABLE, "HTTP 500", null);

	private int probes;

	private final StoreBreaker breaker = new StoreBreaker(this.replica, this.conditions, () -> {
		this.probes++;
		if (this.unexpected) {
			throw new IllegalStateException("unexpected");
		}
		if (this.down && this.probes != this.succeedsAt) {
			throw this.failure;
		}
	});

	@Test
	void opensAfterFiveFailuresInARow() {
		fail(Kind.UNAVAILABLE, 4);
		this.breaker.succeeded();
		fail(Kind.REFUSED, 4);
		assertThat(this.breaker.isOpen()).isFalse();
		assertThat(this.conditions.holding()).isEmpty();
		fail(Kind.UNAVAILABLE, 1);
		assertThat(this.breaker.isOpen()).isTrue();
		assertThat(this.conditions.holding()).containsOnlyKeys(Condition.STORE_FAILING);
	}

	@Test
	void opensAtTheStartOnceTheStoreHasNotAnsweredTwice() {
		this.succeedsAt = 2;
		start();
		assertThat(this.breaker.isOpen()).isFalse();
		this.succeedsAt = 0;
		start();
		assertThat(this.breaker.isOpen()).isTrue();
		assertThat(this.probes).isEqualTo(4);
	}

	@Test
	void isOutOfServiceUntilTheStoreHasAnswered() {
		this.breaker.start();
		assertThat(this.conditions.holding()).as("before the first probe").containsOnlyKeys(Condition.STARTING);
		this.world.pass(Duration.ofSeconds(60));
		assertThat(this.conditions.holds(Condition.STARTING)).as("while the store is away").isTrue();
		this.down = false;
		this.world.pass(Duration.ofSeconds(1));
		assertThat(this.conditions.holding()).isEmpty();
	}

	@Test
	void asksAgainAtTheStartWhereTheStoreAsksForLess() {
		this.failure = new StoreException(Kind.SLOW_DOWN, "HTTP 503", null);
		start();
		assertThat(this.breaker.isOpen()).isFalse();
		assertThat(this.conditions.holding()).as("it has answered").isEmpty();
		this.down = false;
		this.world.pass(Duration.ofSeconds(1));
		assertThat(this.probes).isEqualTo(2);
		this.world.pass(Duration.ofMinutes(1));
		assertThat(this.probes).isEqualTo(2);
	}

	@Test
	void probesOnAfterAFailureThatNobodyExpects() {
		fail(Kind.UNAVAILABLE, 5);
		this.unexpected = true;
		assertThatIllegalStateException().isThrownBy(() -> this.world.pass(Duration.ofSeconds(1)));
		this.unexpected = false;
		this.down = false;
		this.world.pass(Duration.ofSeconds(1));
		assertThat(this.breaker.isOpen()).isFalse();
	}

	@Test
	void neverOpensBySlowDown() {
		fail(Kind.SLOW_DOWN, 1000);
		assertThat(this.breaker.isOpen()).isFalse();
		fail(Kind.UNAVAILABLE, 4);
		fail(Kind.SLOW_DOWN, 1);
		fail(Kind.UNAVAILABLE, 1);
		assertThat(this.breaker.isOpen()).isTrue();
	}

	@Test
	void closesByAProbeWithinASecond() {
		fail(Kind.UNAVAILABLE, 5);
		this.world.pass(Duration.ofMillis(5500));
		assertThat(this.probes).isEqualTo(5);
		assertThat(this.breaker.isOpen()).isTrue();
		this.down = false;
		this.world.pass(Duration.ofMillis(500));
		assertThat(this.breaker.isOpen()).isFalse();
		assertThat(this.conditions.holding()).isEmpty();
		this.world.pass(Duration.ofMinutes(1));
		assertThat(this.probes).as("no probe while it works").isEqualTo(6);
		fail(Kind.UNAVAILABLE, 4);
		assertThat(this.breaker.isOpen()).as("counts from the beginning again").isFalse();
		fail(Kind.UNAVAILABLE, 1);
		assertThat(this.breaker.isOpen()).isTrue();
	}

	@Test
	void saysThatTheStoreIsDownAfterThirtySeconds() {
		fail(Kind.UNAVAILABLE, 1);
		this.world.pass(Duration.ofSeconds(2));
		fail(Kind.UNAVAILABLE, 4);
		this.world.pass(Duration.ofMillis(27_900));
		assertThat(this.conditions.holds(Condition.STORE_DOWN)).isFalse();
		this.world.pass(Duration.ofMillis(200));
		assertThat(this.conditions.holds(Condition.STORE_DOWN)).as("30 s after the first failure").isTrue();
		this.down = false;
		this.world.pass(Duration.ofSeconds(1));
		assertThat(this.conditions.holding()).isEmpty();
	}

	@Test
	void opensAtOnceWhenTheFirstProbeFails() {
		start();
		assertThat(this.breaker.isOpen()).isTrue();
		this.down = false;
		this.world.pass(Duration.ofSeconds(1));
		assertThat(this.breaker.isOpen()).isFalse();
	}

	@Test
	void probesNoMoreOnceItIsClosedForGood() {
		fail(Kind.UNAVAILABLE, 5);
		this.world.pass(Duration.ofSeconds(2));
		this.breaker.close();
		this.world.pass(Duration.ofMinutes(1));
		assertThat(this.probes).isEqualTo(2);
	}

	@Test
	void tellsOncePerOpening() {
		int[] opened = new int[1];
		this.breaker.onOpen(() -> opened[0]++);
		fail(Kind.UNAVAILABLE, 50);
		assertThat(opened[0]).isEqualTo(1);
		this.down = false;
		this.world.pass(Duration.ofSeconds(1));
		fail(Kind.UNAVAILABLE, 5);
		assertThat(opened[0]).isEqualTo(2);
	}

	@Test
	void pausesProcessingLongerWithEachSlowDownThatFollows() {
		StorePressure pressure = new StorePressure(this.replica);
		assertThat(pressure.remaining()).isZero();
		for (int seconds : new int[] { 1, 2, 4, 8, 8 }) {
			pressure.slowedDown();
			assertThat(pressure.remaining()).isEqualTo(Duration.ofSeconds(seconds));
			this.world.pass(Duration.ofMillis(200));
			pressure.slowedDown();
			assertThat(pressure.remaining()).as("one within a pause says nothing new")
				.isEqualTo(Duration.ofSeconds(seconds).minusMillis(200));
			this.world.pass(Duration.ofSeconds(seconds));
			assertThat(pressure.remaining()).isZero();
		}
		this.world.pass(Duration.ofSeconds(8));
		pressure.slowedDown();
		assertThat(pressure.remaining()).isEqualTo(Duration.ofSeconds(1));
	}

	@Test
	void knowsHowLongAPutUsuallyTakes() {
		PutPace pace = new PutPace();
		assertThat(pace.slow()).isEqualTo(Duration.ofMillis(300));
		pace.took(Duration.ofMinutes(1));
		assertThat(pace.slow()).as("a straggler counts as slow, no more").isEqualTo(Duration.ofMillis(360));
		for (int i = 0; i < 200; i++) {
			pace.took(Duration.ofMillis(30));
		}
		assertThat(pace.slow()).isBetween(Duration.ofMillis(89), Duration.ofMillis(91));
		for (int i = 0; i < 200; i++) {
			pace.took(Duration.ZERO);
		}
		assertThat(pace.slow()).isEqualTo(Duration.ofMillis(20));
	}

	@Test
	void tellsTheTimeOfTheStoreWhateverTheClockOfTheReplicaDoes() {
		StoreClock clock = new StoreClock(this.replica, this.conditions);
		assertThat(clock.now()).as("before the first answer").isEqualTo(this.replica.now());
		assertThat(clock.isTold()).isFalse();
		Instant date = Instant.parse("2026-11-27T05:00:00Z");
		clock.observe(date);
		assertThat(clock.isTold()).isTrue();
		this.world.pass(Duration.ofSeconds(10));
		for (Duration jump : new Duration[] { Duration.ofDays(400), Duration.ofHours(-3) }) {
			this.replica.skew(jump);
			assertThat(clock.now()).isEqualTo(date.plusSeconds(10));
		}
		clock.observe(date.plusSeconds(9));
		assertThat(clock.now()).isEqualTo(date.plusSeconds(9));
	}

	@Test
	void saysThatTheClocksDifferFromAMinuteOn() {
		StoreClock clock = new StoreClock(this.replica, this.conditions);
		for (int seconds : new int[] { 60, -60, 0 }) {
			clock.observe(this.replica.now().plusSeconds(seconds));
			assertThat(this.conditions.holding()).isEmpty();
		}
		for (int seconds : new int[] { 61, -61, 100_000 }) {
			clock.observe(this.replica.now().plusSeconds(seconds));
			assertThat(this.conditions.holding()).containsOnlyKeys(Condition.CLOCK_SKEWED);
		}
		clock.observe(this.replica.now());
		assertThat(this.conditions.holding()).isEmpty();
	}

	private void start() {
		this.breaker.start();
		this.world.pass(Duration.ofMillis(1));
	}

	private void fail(Kind kind, int times) {
		for (int i = 0; i < times; i++) {
			this.breaker.failed(new StoreException(kind, kind.name(), null));
		}
	}

}
