package dev.holdfast.buffer;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

import dev.holdfast.schedule.Scheduler;
import dev.holdfast.telemetry.Condition;
import dev.holdfast.telemetry.Conditions;

/// Fails receiving fast while the store is down: five failed PUTs in a row open it, and a
/// probe PUT each second closes it again. SlowDown is an answer, and never opens it.
final class StoreBreaker {

	static final int FAILURES = 5;

	private static final int CHECKS = 2;

	static final Duration PROBE_INTERVAL = Duration.ofSeconds(1);

	static final Duration DOWN_AFTER = Duration.ofSeconds(30);

	private final Scheduler scheduler;

	private final Conditions conditions;

	private final Probe probe;

	private final List<Runnable> onOpen = new ArrayList<>();

	private int failures;

	private long since;

	private volatile boolean open;

	private volatile boolean closed;

	StoreBreaker(Scheduler scheduler, Conditions conditions, Probe probe) {
		this.scheduler = scheduler;
		this.conditions = conditions;
		this.probe = probe;
	}

	/// Runs something whenever the breaker opens.
	void onOpen(Runnable action) {
		this.onOpen.add(action);
	}

	boolean isOpen() {
		return this.open;
	}

	void failed(StoreException failure) {
		if (failure.kind() == StoreException.Kind.SLOW_DOWN) {
			return;
		}
		synchronized (this) {
			if (this.failures++ == 0) {
				this.since = this.scheduler.nanoTime();
			}
			if (this.failures < FAILURES || this.open) {
				return;
			}
		}
		open("The object store fails: " + failure.getMessage());
	}

	synchronized void succeeded() {
		this.failures = 0;
	}

	/// Opens it now, and probes until the store answers.
	void open(String detail) {
		synchronized (this) {
			if (this.open) {
				return;
			}
			this.open = true;
			if (this.failures == 0) {
				this.since = this.scheduler.nanoTime();
			}
		}
		this.conditions.raise(Condition.STORE_FAILING, detail);
		this.onOpen.forEach(Runnable::run);
		this.scheduler.after(PROBE_INTERVAL, "store-probe", this::probe);
	}

	/// Begins with a probe, and is out of service until the store has answered: a replica
	/// that cannot reach it gets no deliveries, and ends a rollout. The breaker opens at
	/// once if the store does not answer twice. Once may be the JVM, which has just
	/// started, rather than the store. One that asks for less has answered.
	void start() {
		this.conditions.raise(Condition.STARTING, "The object store has not answered this replica yet");
		this.scheduler.start("store-probe", () -> check(CHECKS));
	}

	private void check(int left) {
		if (this.closed) {
			return;
		}
		try {
			this.probe.run();
			this.conditions.clear(Condition.STARTING);
			this.probe.tidy();
		}
		catch (StoreException ex) {
			if (ex.kind() == StoreException.Kind.SLOW_DOWN) {
				this.conditions.clear(Condition.STARTING);
				this.scheduler.after(PROBE_INTERVAL, "store-probe", () -> check(left));
			}
			else if (left > 1) {
				check(left - 1);
			}
			else {
				open("The object store fails: " + ex.getMessage());
			}
		}
	}

	/// One probe; while it fails, another follows.
	void probe() {
		if (this.closed) {
			return;
		}
		boolean again = true;
		try {
			this.probe.run();
			again = false;
			synchronized (this) {
				this.open = false;
				this.failures = 0;
			}
			this.conditions.clear(Condition.STARTING);
			this.conditions.clear(Condition.STORE_DOWN);
			this.conditions.clear(Condition.STORE_FAILING);
			this.probe.tidy();
		}
		catch (StoreException ex) {
			if (failing() >= DOWN_AFTER.toNanos()) {
				this.conditions.raise(Condition.STORE_DOWN,
						"The object store has failed for " + DOWN_AFTER.toSeconds() + " s: " + ex.getMessage());
			}
		}
		finally {
			if (again) {
				this.scheduler.after(PROBE_INTERVAL, "store-probe", this::probe);
			}
		}
	}

	private synchronized long failing() {
		return this.scheduler.nanoTime() - this.since;
	}

	void close() {
		this.closed = true;
	}

	/// One try whether the store takes writes.
	interface Probe {

		void run() throws StoreException;

		/// What is left to do after one that succeeded.
		default void tidy() {
		}

	}

}
