package dev.holdfast.simulation;

import java.util.Map;
import java.util.TreeMap;

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
		Map<String, Integer> happened = new TreeMap<>();
		long steps = 0;
		long repeats = 0;
		long from = (ONE != null) ? ONE : 0;
		long to = (ONE != null) ? ONE + 1 : SEEDS;
		for (long seed = from; seed < to; seed++) {
			Simulation simulation = run(seed, RATE);
			simulation.faults.happened().forEach((fault, times) -> happened.merge(fault, times, Integer::sum));
			steps += simulation.world.steps();
			repeats += simulation.repeats();
		}
		System.out.printf("simulation: %d seeds, %d deliveries, %d steps, lost 0, unexpected 0, repeats %d%n%s%n",
				to - from, (to - from) * Simulation.DELIVERIES, steps, repeats, happened);
	}

	@Test
	void hasEachEffectOnceWhenNothingGoesWrong() {
		for (long seed = 0; seed < SEEDS / 10; seed++) {
			assertThat(run(seed, 0).repeats()).as("repeats of seed %d", seed).isZero();
		}
	}

	private static Simulation run(long seed, double rate) {
		Simulation simulation = new Simulation(seed, rate);
		try {
			simulation.run();
		}
		catch (AssertionError | RuntimeException ex) {
			throw new AssertionError("seed " + seed + ": " + ex.getMessage(), ex);
		}
		return simulation;
	}

}
