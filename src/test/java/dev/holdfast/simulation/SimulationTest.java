package dev.holdfast.simulation;

import java.util.Objects;
import java.util.concurrent.atomic.LongAdder;
import java.util.stream.LongStream;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import dev.holdfast.oracle.Judgement;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.slf4j.LoggerFactory;

import static org.assertj.core.api.Assertions.assertThat;

/// Thousands of runs, each from its seed. One that fails prints the command that runs it
/// again alone, with a trace.
class SimulationTest {

	private static final double RATE = 0.02;

	private static final int SEEDS = Integer.getInteger("holdfast.simulation.seeds", 10_000);

	/// From how many seeds on everything that applies must have been hit.
	private static final int COVERING = 1000;

	private static final Long ONE = Long.getLong("holdfast.simulation.seed");

	private final Logger logger = (Logger) LoggerFactory.getLogger("dev.holdfast");

	private final Coverage coverage = new Coverage();

	private final LongAdder requests = new LongAdder();

	private final LongAdder acknowledged = new LongAdder();

	private final LongAdder effects = new LongAdder();

	private final LongAdder repeats = new LongAdder();

	@BeforeEach
	void runsSilently() {
		this.logger.setLevel(Level.OFF);
	}

	@AfterEach
	void speaksAgain() {
		this.logger.setLevel(null);
	}

	@Test
	void losesNothingWhateverGoesWrong() {
		check("losesNothingWhateverGoesWrong", SEEDS, (seed) -> {
			Simulation simulation = new Simulation(seed, RATE, true);
			Judgement judgement = run(simulation);
			assertThat(judgement.acknowledged()).as("deliveries").isGreaterThanOrEqualTo(Simulation.DELIVERIES);
			assertThat(simulation.faults.total()).as("faults").isGreaterThanOrEqualTo(Simulation.LEAST_FAULTS);
		});
		System.out.printf(
				"simulation: %d seeds, %d requests, %d acknowledged, %d effects, lost 0, unexpected 0, "
						+ "repeats %d, unattributed 0%n%s%n",
				SEEDS, this.requests.sum(), this.acknowledged.sum(), this.effects.sum(), this.repeats.sum(),
				this.coverage);
		if (SEEDS >= COVERING && ONE == null) {
			assertThat(this.coverage.missing()).as("what was never hit").isEmpty();
		}
	}

	@Test
	void hasEachEffectOnceWhenNothingGoesWrong() {
		check("hasEachEffectOnceWhenNothingGoesWrong", SEEDS / 20,
				(seed) -> assertThat(run(new Simulation(seed, 0, false)).repeats()).as("repeats").isZero());
	}

	@Test
	void hasEachEffectOnceWhenOnlyRequestsAndAnswersAreLost() {
		check("hasEachEffectOnceWhenOnlyRequestsAndAnswersAreLost", SEEDS / 5,
				(seed) -> assertThat(run(new Simulation(seed, RATE, false)).repeats()).as("repeats").isZero());
	}

	@Test
	void isTheSameRunEachTime() {
		check("isTheSameRunEachTime", Math.max(1, SEEDS / 200), (seed) -> {
			Simulation first = new Simulation(seed, RATE, true);
			run(first);
			Simulation second = new Simulation(seed, RATE, true);
			run(second);
			assertThat(second.world.fingerprint()).isEqualTo(first.world.fingerprint());
		});
	}

	/// Checks seeds on all cores, and tells the first that fails.
	private static void check(String test, int seeds, Check check) {
		LongStream all = (ONE != null) ? LongStream.of(ONE) : LongStream.range(0, seeds);
		all.parallel()
			.mapToObj((seed) -> failure(test, seed, check))
			.filter(Objects::nonNull)
			.findFirst()
			.ifPresent((failure) -> {
				throw failure;
			});
	}

	private static AssertionError failure(String test, long seed, Check check) {
		try {
			check.check(seed);
			return null;
		}
		catch (AssertionError | RuntimeException ex) {
			return new AssertionError(
					"seed %d: %s%nagain: mvn test -Dtest='SimulationTest#%s' -Dholdfast.simulation.seed=%d"
						.formatted(seed, ex.getMessage(), test, seed),
					ex);
		}
	}

	private Judgement run(Simulation simulation) {
		Judgement judgement = simulation.run();
		this.coverage.add(simulation.faults.happened(), judgement);
		this.requests.add(judgement.requests());
		this.acknowledged.add(judgement.acknowledged());
		this.effects.add(judgement.effects());
		this.repeats.add(judgement.repeats());
		return judgement;
	}

	private interface Check {

		void check(long seed);

	}

}
