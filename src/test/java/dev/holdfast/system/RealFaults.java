package dev.holdfast.system;

import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.stream.LongStream;
import java.util.stream.Stream;

import dev.holdfast.system.Fault.Part;
import dev.holdfast.system.WebhookClient.Answer;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

import static org.assertj.core.api.Assertions.assertThat;

/// Faults of real processes under load, and the reckoning after them.
///
/// `-Dholdfast.faults.seeds=20` plays so many seeds, from `-Dholdfast.faults.seed=0`
/// on, each with `-Dholdfast.faults.steps=3` steps at `-Dholdfast.faults.rate=400`
/// deliveries a second. Without, two faults are played one after the other, or those of
/// `-Dholdfast.faults.only=STORE_DOWN,CORE_TAKEN`. By its name it is no part of a build.
@Tag("system")
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class RealFaults {

	private static final Duration DRAINED = Duration.ofMinutes(2);

	private static final Duration RESUMED_WITHIN = Stage.DOWN_AFTER.plusSeconds(10);

	/// How a p99 may differ before it counts as changed, on a busy machine: a request
	/// that waited for Redis would take half a second or more.
	private static final int FACTOR = 3;

	private static final Duration NOISE = Duration.ofMillis(50);

	private static final int SEEDS = Integer.getInteger("holdfast.faults.seeds", 0);

	private static final long FIRST = Long.getLong("holdfast.faults.seed", 0);

	private static final int STEPS = Integer.getInteger("holdfast.faults.steps", 3);

	private static final int RATE = Integer.getInteger("holdfast.faults.rate", (SEEDS == 0) ? 100 : 400);

	private static final List<Fault> ONLY = Stream
		.of(System.getProperty("holdfast.faults.only", "REDIS_CUT_OFF_WITH_THE_REPLICAS,STORE_LOSES_ANSWERS")
			.split(","))
		.map(Fault::valueOf)
		.filter((fault) -> fault.impossible() == null)
		.toList();

	private static final Duration CALM = Duration.ofSeconds(5);

	private static final int ON_ONE_STAGE = 5;

	/// Of the store's clock, for all of a run: one that jumped back would leave retries
	/// to be due by what it said.
	private static final List<Duration> SKEWS = List.of(Duration.ZERO, Duration.ofMinutes(20), Duration.ZERO,
			Duration.ofMinutes(-20));

	private final List<Reckoning> reckonings = new ArrayList<>();

	private @Nullable Stage stage;

	private boolean sound;

	static LongStream seeds() {
		return (SEEDS == 0) ? LongStream.of(-1) : LongStream.range(FIRST, FIRST + SEEDS);
	}

	@ParameterizedTest(name = "seed {0}")
	@MethodSource("seeds")
	void losesNothingAndRepeatsOnlyWhatItSays(long seed) throws InterruptedException {
		FaultSchedule schedule = (SEEDS == 0) ? FaultSchedule.inTurn(ONLY) : FaultSchedule.of(seed, STEPS);
		play(seed, schedule, SKEWS.get((int) (Math.max(0, seed) / ON_ONE_STAGE % SKEWS.size())));
	}

	/// Where there is time for them: each alone, so that nothing else moves the p99. A
	/// failover that does not count goes before: the first finds code that was never run.
	static Stream<List<Fault>> failovers() {
		List<Fault> failovers = Stream.of(Fault.values())
			.filter((fault) -> fault.isFailover() && fault.impossible() == null)
			.toList();
		return (SEEDS == 0) ? Stream.empty() : Stream.of(failovers);
	}

	@ParameterizedTest(allowZeroInvocations = true)
	@MethodSource("failovers")
	void resumesAfterEveryFailoverAndReceivesAsBefore(List<Fault> failovers) throws InterruptedException {
		List<Fault> all = new ArrayList<>(failovers);
		all.addFirst(Fault.REDIS_FAILED_OVER);
		Played played = play(-2, FaultSchedule.inTurn(all), Duration.ZERO);
		List<Incident> counted = played.incidents.subList(1, played.incidents.size());
		long first = counted.getFirst().struck();
		Duration calm = p99(played.history.sent(first - CALM.toNanos(), first));
		for (Incident incident : counted) {
			assertThat(p99(played.history.sent(incident.struck(), incident.repaired())))
				.as("p99 while " + incident.fault())
				.isLessThan(calm.multipliedBy(FACTOR).plus(NOISE));
		}
	}

	private Played play(long seed, FaultSchedule schedule, Duration skew) throws InterruptedException {
		Site.print("faults", "seed %d: store's clock off by %s, %s", seed, skew, schedule.steps());
		Stage stage = stage(skew);
		Set<String> earlier = Sample.byId(stage.client().answers()).keySet();
		Random random = new Random(seed);
		Load load = Load.start(stage.client(), stage::url, RATE, random);
		Rehearsal rehearsal = new Rehearsal(stage, random);
		try {
			rehearsal.play(schedule);
		}
		finally {
			load.stop();
		}
		Duration drained = rehearsal.drain();
		History history = stage.history().without(earlier);
		Reckoning reckoning = Reckoning.of(history, stage.deadLetters(), rehearsal.incidents());
		this.reckonings.add(reckoning);
		Site.print("faults", "seed %d: %s; drained after %d ms", seed, Reckoning.totals(List.of(reckoning)),
				drained.toMillis());
		Recovery.print(seed, rehearsal.incidents(), history);
		assertThat(reckoning.lost()).as("acknowledged and neither handled nor kept").isEmpty();
		assertThat(reckoning.unexpected()).as("handled and never sent so").isEmpty();
		assertThat(reckoning.unattributed()).as("repeated outside of all windows").isEmpty();
		assertThat(drained).isLessThan(DRAINED);
		rehearsal.incidents()
			.stream()
			.filter((incident) -> incident.alone() && incident.fault().part() == Part.REDIS)
			.forEach((incident) -> assertUnaffected(incident, history));
		this.sound = true;
		return new Played(rehearsal.incidents(), history);
	}

	/// The stage of the seed before, unless that failed or the clock is to be another.
	private Stage stage(Duration skew) {
		if (this.stage != null && (!this.sound || !this.stage.skew().equals(skew))) {
			close();
		}
		if (this.stage == null) {
			Map<String, String> settings = Map.of(SystemApplication.DELAY, "5ms", SystemApplication.FLAKY, "50");
			this.stage = new Stage(RealFaults.class, settings, skew);
		}
		this.sound = false;
		return this.stage;
	}

	@AfterAll
	void close() {
		if (this.stage != null) {
			this.stage.close();
			this.stage = null;
		}
	}

	/// Receiving does not notice, and processing goes on in time.
	private static void assertUnaffected(Incident incident, History history) {
		assertThat(WebhookClient.statuses(history.sent(incident.struck(), incident.repaired())).keySet())
			.as("answers while " + incident.fault())
			.isEqualTo(Set.of(200));
		assertThat(Recovery.of(incident, history)).as("pause of processing by " + incident.fault())
			.isLessThan(RESUMED_WITHIN);
	}

	private static Duration p99(Collection<Answer> answers) {
		return WebhookClient.percentile(answers, 99);
	}

	@AfterAll
	void total() {
		Site.print("faults", "%d seeds in all: %s", this.reckonings.size(), Reckoning.totals(this.reckonings));
	}

	private record Played(List<Incident> incidents, History history) {
	}

}
