package dev.holdfast.simulation;

import java.util.Map;
import java.util.concurrent.ConcurrentSkipListMap;
import java.util.concurrent.atomic.LongAdder;
import java.util.stream.LongStream;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.slf4j.LoggerFactory;

import static org.assertj.core.api.Assertions.assertThat;

/// Thousands of runs, each from its seed. One that fails prints its seed, and runs again
/// alone with `-Dholdfast.simulation.seed=<seed>`.
class SimulationTest {

	private static final double RATE = 0.02;

	private static final int SEEDS = Integer.getInteger("holdfast.simulation.seeds", 10_000);

	private static final Long ONE = Long.getLong("holdfast.simulation.seed");

	private final Logger logger = (Logger) LoggerFactory.getLogger("dev.holdfast");

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
		Map<String, Integer> happened = new ConcurrentSkipListMap<>();
		LongAdder steps = new LongAdder();
		LongAdder repeats = new LongAdder();
		seeds(SEEDS).forEach((seed) -> {
			Simulation simulation = run(seed, RATE, true);
			simulation.faults.happened().forEach((fault, times) -> happened.merge(fault, times, Integer::sum));
			steps.add(simulation.world.steps());
			repeats.add(simulation.repeats());
		});
		System.out.printf("simulation: %d seeds, %d deliveries, %d steps, lost 0, unexpected 0, repeats %d%n%s%n",
				SEEDS, (long) SEEDS * Simulation.DELIVERIES, steps.sum(), repeats.sum(), happened);
	}

	@Test
	void hasEachEffectOnceWhenNothingGoesWrong() {
		seeds(SEEDS / 10)
			.forEach((seed) -> assertThat(run(seed, 0, false).repeats()).as("repeats of seed %d", seed).isZero());
	}

	@Test
	void hasEachEffectOnceWhenOnlyRequestsAndAnswersAreLost() {
		seeds(SEEDS / 5)
			.forEach((seed) -> assertThat(run(seed, RATE, false).repeats()).as("repeats of seed %d", seed).isZero());
	}

	private static LongStream seeds(int count) {
		return (ONE != null) ? LongStream.of(ONE) : LongStream.range(0, count).parallel();
	}

	private static Simulation run(long seed, double rate, boolean troubled) {
		Simulation simulation = new Simulation(seed, rate, troubled);
		try {
			simulation.run();
		}
		catch (AssertionError | RuntimeException ex) {
			throw new AssertionError("seed " + seed + ": " + ex.getMessage(), ex);
		}
		return simulation;
	}

}
