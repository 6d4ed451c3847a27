package dev.holdfast.receive;

import java.time.Duration;
import java.util.concurrent.atomic.AtomicLong;

import dev.holdfast.schedule.Scheduler;
import dev.holdfast.telemetry.Condition;
import dev.holdfast.telemetry.Conditions;

/// Tells a wrong secret from a stray request: raises [Condition#SIGNATURES_REFUSED] when
/// nothing was verified for 5 minutes while 20 or more signatures were refused, and clears
/// it with the next verified delivery.
///
/// It looks when a signature is refused: without requests it says nothing.
final class RefusalWatch {

	private static final long QUIET = Duration.ofMinutes(5).toNanos();

	private static final int REFUSALS = 20;

	private final Scheduler scheduler;

	private final Conditions conditions;

	private final AtomicLong refused = new AtomicLong();

	private volatile long verifiedAt;

	RefusalWatch(Scheduler scheduler, Conditions conditions) {
		this.scheduler = scheduler;
		this.conditions = conditions;
		this.verifiedAt = scheduler.nanoTime();
	}

	void verified(long now) {
		this.verifiedAt = now;
		if (this.refused.get() != 0) {
			this.refused.set(0);
			this.conditions.clear(Condition.SIGNATURES_REFUSED);
		}
	}

	void refused() {
		long count = this.refused.incrementAndGet();
		if (count >= REFUSALS && this.scheduler.nanoTime() - this.verifiedAt >= QUIET) {
			this.conditions.raise(Condition.SIGNATURES_REFUSED,
					"No delivery was verified for 5 minutes while 20 or more signatures were refused: check "
							+ SecretSource.VARIABLE + " or the files in " + SecretSource.DIRECTORY_SETTING
							+ " against the app's client secret.");
		}
	}

}
