package dev.holdfast.process;

import java.time.Duration;
import java.util.concurrent.CompletableFuture;

import dev.holdfast.schedule.Scheduler;
import org.jspecify.annotations.Nullable;

/// A handler and whether it may be called. After 20 failures in a row it is paused, for 5 s
/// at first and twice as long after each failed probe, 60 s at most; what is for it
/// meanwhile is parked, and uses up no attempt. When a pause is over, one delivery probes
/// and the others wait a second for its result, and are parked then: who waits keeps a
/// worker from other handlers.
final class HandlerGate {

	static final int FAILURES = 20;

	static final Duration FIRST_PAUSE = Duration.ofSeconds(5);

	static final Duration LONGEST_PAUSE = Duration.ofSeconds(60);

	private static final Duration PROBE_WITHIN = Duration.ofSeconds(1);

	private final DeliveryHandler handler;

	private final Scheduler scheduler;

	private int failures;

	private Duration pause = Duration.ZERO;

	private long until;

	private @Nullable CompletableFuture<Void> probe;

	private long probed;

	HandlerGate(DeliveryHandler handler, Scheduler scheduler) {
		this.handler = handler;
		this.scheduler = scheduler;
	}

	DeliveryHandler handler() {
		return this.handler;
	}

	/// Asks to call the handler.
	synchronized Entry enter() {
		if (this.pause.isZero()) {
			return new Entry.Open();
		}
		long left = this.until - this.scheduler.nanoTime();
		if (left > 0) {
			return new Entry.Paused(Duration.ofNanos(left));
		}
		if (this.probe != null) {
			long waited = this.scheduler.nanoTime() - this.probed;
			return (waited < PROBE_WITHIN.toNanos()) ? new Entry.Probing(this.probe) : new Entry.Paused(FIRST_PAUSE);
		}
		this.probe = new CompletableFuture<>();
		this.probed = this.scheduler.nanoTime();
		return new Entry.Open();
	}

	/// Whether the pause goes on, without a probe in sight.
	synchronized boolean isPaused() {
		return !this.pause.isZero() && this.until - this.scheduler.nanoTime() > 0;
	}

	/// Whether it is not known to work.
	synchronized boolean isDoubtful() {
		return !this.pause.isZero();
	}

	synchronized void succeeded() {
		this.failures = 0;
		this.pause = Duration.ZERO;
		probed();
	}

	/// Takes in a failure.
	/// @return whether the handler is paused by it
	synchronized boolean failed() {
		this.failures++;
		boolean probing = this.probe != null;
		if (!probing && (this.failures < FAILURES || !this.pause.isZero())) {
			return false;
		}
		this.pause = this.pause.isZero() ? FIRST_PAUSE : RetryPolicy.shorter(this.pause.multipliedBy(2), LONGEST_PAUSE);
		this.until = this.scheduler.nanoTime() + this.pause.toNanos();
		probed();
		return true;
	}

	/// Takes back an entry that led to no call.
	synchronized void withdrawn() {
		probed();
	}

	private void probed() {
		if (this.probe != null) {
			this.probe.complete(null);
			this.probe = null;
		}
	}

	/// The answer to a wish to call the handler.
	sealed interface Entry {

		record Open() implements Entry {
		}

		record Paused(Duration left) implements Entry {
		}

		record Probing(CompletableFuture<Void> result) implements Entry {
		}

	}

}
