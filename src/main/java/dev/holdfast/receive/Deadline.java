package dev.holdfast.receive;

import dev.holdfast.schedule.Scheduler;

/// A moment on the scheduler's monotonic clock.
///
/// @param at in nanoseconds
record Deadline(Scheduler clock, long at) {

	boolean hasPassed() {
		return this.clock.nanoTime() - this.at >= 0;
	}

}
