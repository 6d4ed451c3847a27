package dev.holdfast.buffer;

import java.time.Duration;
import java.time.Instant;

import dev.holdfast.schedule.Scheduler;
import dev.holdfast.telemetry.Condition;
import dev.holdfast.telemetry.Conditions;
import org.jspecify.annotations.Nullable;

/// The store's clock, as its last LIST answer told it and the monotonic clock carries it
/// on. Ages and due times are counted by it, so that no replica's wall clock decides them.
/// Before the first answer it is the replica's own.
public final class StoreClock {

	private static final Duration TOLERATED = Duration.ofSeconds(60);

	private final Scheduler scheduler;

	private final Conditions conditions;

	private volatile @Nullable Reading last;

	public StoreClock(Scheduler scheduler, Conditions conditions) {
		this.scheduler = scheduler;
		this.conditions = conditions;
	}

	/// Takes in the time of an answer that has just come.
	public void observe(Instant date) {
		this.last = new Reading(date, this.scheduler.nanoTime());
		Duration skew = Duration.between(date, this.scheduler.now()).abs();
		if (skew.compareTo(TOLERATED) > 0) {
			this.conditions.raise(Condition.CLOCK_SKEWED, "This replica's clock and the store's differ by "
					+ skew.toSeconds() + " s: synchronise it. From 15 min on the store refuses every request");
		}
		else {
			this.conditions.clear(Condition.CLOCK_SKEWED);
		}
	}

	/// Whether the store has told its time, so that no due time is a replica's own.
	public boolean isTold() {
		return this.last != null;
	}

	public Instant now() {
		Reading reading = this.last;
		return (reading != null) ? reading.date.plusNanos(this.scheduler.nanoTime() - reading.at)
				: this.scheduler.now();
	}

	private record Reading(Instant date, long at) {
	}

}
