package dev.holdfast.process;

import java.time.Duration;

import dev.holdfast.buffer.Deletes;
import dev.holdfast.schedule.Scheduler;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.context.SmartLifecycle;

/// Starts processing, and ends it in an order that repeats as little as can be: after the
/// last PUT has landed it waits for handlers, interrupts those that take too long, lets
/// marks, settlements and deletes be confirmed, and leaves the rest to other replicas.
final class ProcessLifecycle implements SmartLifecycle {

	/// After the buffer has stopped, before Redis is disconnected.
	static final int PHASE = SmartLifecycle.DEFAULT_PHASE - 8192;

	private static final Logger logger = LoggerFactory.getLogger(ProcessLifecycle.class);

	private static final Duration PATIENCE = Duration.ofSeconds(15);

	private static final Duration AFTER_INTERRUPT = Duration.ofSeconds(3);

	private final Leases leases;

	private final Workers workers;

	private final HandlerRunner runner;

	private final Marks marks;

	private final Deletes deletes;

	private final Scheduler scheduler;

	private volatile boolean running;

	ProcessLifecycle(Leases leases, Workers workers, HandlerRunner runner, Marks marks, Deletes deletes,
			Scheduler scheduler) {
		this.leases = leases;
		this.workers = workers;
		this.runner = runner;
		this.marks = marks;
		this.deletes = deletes;
		this.scheduler = scheduler;
	}

	@Override
	public void start() {
		this.running = true;
		this.scheduler.start("leases", this::renew);
	}

	private void renew() {
		try {
			Duration next = this.leases.renew();
			while (this.running) {
				this.scheduler.pause(next);
				next = this.leases.renew();
			}
		}
		catch (InterruptedException _) {
			Thread.currentThread().interrupt();
		}
	}

	@Override
	public void stop() {
		try {
			if (!this.workers.awaitIdle(PATIENCE)) {
				this.runner.interrupt();
				this.marks.abandon();
				if (!this.workers.awaitIdle(AFTER_INTERRUPT)) {
					logger.warn("some handlers ignored their interrupt; what they do is repeated by another replica");
				}
			}
			if (!this.marks.awaitQuiet(AFTER_INTERRUPT)) {
				logger.warn("some leases could not be released; what they cover waits until they end");
			}
		}
		catch (InterruptedException _) {
			Thread.currentThread().interrupt();
		}
		this.deletes.flush();
		this.running = false;
	}

	@Override
	public boolean isRunning() {
		return this.running;
	}

	@Override
	public int getPhase() {
		return PHASE;
	}

}
