package dev.holdfast.buffer;

import java.time.Duration;

import dev.holdfast.schedule.Scheduler;

/// Remembers that the store asked for fewer requests, so that processing yields to
/// receiving: it pauses for a second after a SlowDown, twice as long after each one that
/// follows within a pause, eight seconds at most.
public final class StorePressure {

	private static final Duration FIRST = Duration.ofSeconds(1);

	private static final Duration LONGEST = Duration.ofSeconds(8);

	private final Scheduler scheduler;

	private Duration pause = Duration.ZERO;

	private long until;

	public StorePressure(Scheduler scheduler) {
		this.scheduler = scheduler;
		this.until = scheduler.nanoTime();
	}

	synchronized void slowedDown() {
		long now = this.scheduler.nanoTime();
		if (now - this.until < 0) {
			return;
		}
		boolean again = now - this.until < this.pause.toNanos();
		this.pause = (again && !this.pause.isZero()) ? min(this.pause.multipliedBy(2), LONGEST) : FIRST;
		this.until = now + this.pause.toNanos();
	}

	/// How long processing should leave the store alone.
	public synchronized Duration remaining() {
		return Duration.ofNanos(Math.max(0, this.until - this.scheduler.nanoTime()));
	}

	private static Duration min(Duration a, Duration b) {
		return (a.compareTo(b) < 0) ? a : b;
	}

}
