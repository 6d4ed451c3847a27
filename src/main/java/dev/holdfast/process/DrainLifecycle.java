package dev.holdfast.process;

import java.time.Duration;

import dev.holdfast.schedule.Scheduler;
import dev.holdfast.telemetry.Condition;
import dev.holdfast.telemetry.Conditions;
import org.springframework.context.SmartLifecycle;

/// The first to stop: says so to the load balancer while requests are still accepted, then
/// claims nothing more.
final class DrainLifecycle implements SmartLifecycle {

	private final Duration delay;

	private final Runnable stop;

	private final Scheduler scheduler;

	private final Conditions conditions;

	private volatile boolean running;

	/// @param stop ends claiming
	DrainLifecycle(Duration delay, Runnable stop, Scheduler scheduler, Conditions conditions) {
		this.delay = delay;
		this.stop = stop;
		this.scheduler = scheduler;
		this.conditions = conditions;
	}

	@Override
	public void start() {
		this.running = true;
	}

	@Override
	public void stop() {
		this.conditions.raise(Condition.DRAINING, "This replica is shutting down");
		try {
			this.scheduler.pause(this.delay);
		}
		catch (InterruptedException _) {
			Thread.currentThread().interrupt();
		}
		this.stop.run();
		this.running = false;
	}

	@Override
	public boolean isRunning() {
		return this.running;
	}

	@Override
	public int getPhase() {
		return DEFAULT_PHASE;
	}

}
