package dev.holdfast.system;

import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.locks.LockSupport;
import java.util.function.Function;

import dev.holdfast.fixture.Await;
import dev.holdfast.system.Fault.Part;
import dev.holdfast.system.Fault.Struck;
import dev.holdfast.system.WebhookClient.Answer;

/// Plays a schedule on a stage, under load.
final class Rehearsal {

	private static final Duration PATIENCE = Duration.ofSeconds(90);

	private static final Duration CALM = Duration.ofSeconds(2);

	private static final Duration QUICK = Duration.ofMillis(500);

	private static final Duration SETTLING = Duration.ofSeconds(10);

	/// More than wait for their DELETE.
	private static final int MANY = 1500;

	private static final int FEW = 100;

	private final Stage stage;

	private final Random random;

	private final List<Incident> incidents = new ArrayList<>();

	Rehearsal(Stage stage, Random random) {
		this.stage = stage;
		this.random = random;
	}

	List<Incident> incidents() {
		return this.incidents;
	}

	/// Returns once all is repaired and serves again.
	void play(FaultSchedule schedule) {
		pause(CALM);
		for (Set<Fault> step : schedule.steps()) {
			settle();
			strike(step);
			this.stage.replicas().forEach(Replica::awaitServing);
			pause(CALM);
		}
	}

	/// Redis as it was, no backlog, and nothing but 200 for a while, so that what comes
	/// is due to the next fault.
	private void settle() {
		this.stage.redis().awaitAgreement();
		long end = System.nanoTime() + SETTLING.toNanos();
		while (!isCalm() && System.nanoTime() - end < 0) {
			pause(Duration.ofMillis(300));
		}
	}

	private boolean isCalm() {
		long now = System.nanoTime();
		List<Answer> last = this.stage.client()
			.answers()
			.stream()
			.filter((answer) -> now - answer.answered() < CALM.toNanos())
			.toList();
		return this.stage.site().waiting() < MANY && !last.isEmpty() && last.stream().allMatch(Answer::isAccepted)
				&& WebhookClient.percentile(last, 99).compareTo(QUICK) < 0;
	}

	/// Redis first: how long marks have not been confirmed decides what a killed
	/// replica leaves. Each is repaired in its own time.
	private void strike(Set<Fault> step) {
		Map<Fault, Struck> struck = new LinkedHashMap<>();
		Map<Fault, Long> when = new LinkedHashMap<>();
		for (Fault fault : inOrder(step, (one) -> one.part() != Part.REDIS)) {
			if (fault.part() == Part.REDIS) {
				this.stage.redisTroubled(true);
			}
			when.put(fault, System.nanoTime());
			struck.put(fault, fault.strike(this.stage, this.random));
			pause(Duration.ofMillis(this.random.nextInt(1, 1500)));
		}
		long all = System.nanoTime();
		for (Fault fault : inOrder(step, Fault::hold)) {
			pause(fault.hold().minusNanos(System.nanoTime() - all));
			Struck blow = struck.get(fault);
			blow.repair().run();
			this.incidents.add(new Incident(fault, step.size() == 1, when.get(fault), System.nanoTime(), blow.port(),
					blow.excuse()));
		}
		this.stage.site().awaitEffects(FEW, PATIENCE);
		this.stage.redisTroubled(false);
	}

	private static <T extends Comparable<T>> List<Fault> inOrder(Set<Fault> step, Function<Fault, T> by) {
		return step.stream().sorted(Comparator.comparing(by)).toList();
	}

	/// How long it takes until nothing waits.
	Duration drain() {
		long start = System.nanoTime();
		Await.until("an empty inbox and no retries", PATIENCE.multipliedBy(4), () -> this.stage.site().waiting() == 0);
		return Duration.ofNanos(System.nanoTime() - start);
	}

	static void pause(Duration duration) {
		long end = System.nanoTime() + duration.toNanos();
		for (long left = duration.toNanos(); left > 0; left = end - System.nanoTime()) {
			LockSupport.parkNanos(left);
		}
	}

}
