package dev.holdfast.simulation;

import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.PriorityQueue;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeoutException;

import dev.holdfast.schedule.Scheduler;

/// Time and threads of a simulation: one thread runs one piece of work at a time, chosen by
/// the seed, up to its next wait; when nothing can run, time jumps to the next timer.
public final class World {

	public static final Instant EPOCH = Instant.parse("2026-11-27T05:00:00Z");

	private static final boolean TRACE = Long.getLong("holdfast.simulation.seed") != null;

	final Random random;

	private final List<Work> runnable = new ArrayList<>();

	private final PriorityQueue<Timer> timers = new PriorityQueue<>();

	private Work current;

	private long now;

	private long sequence;

	private long steps;

	/// Of everything that happened, in order: two runs with the same one are the same
	/// run.
	private long fingerprint;

	public World(long seed) {
		this.random = new Random(seed * 0x9E3779B97F4A7C15L + 17);
	}

	public long nanoTime() {
		return this.now;
	}

	/// The true time, which the store's clock tells.
	public Instant time() {
		return EPOCH.plusNanos(this.now);
	}

	long steps() {
		return this.steps;
	}

	long fingerprint() {
		return this.fingerprint;
	}

	/// Tells what happens, when one seed is looked at.
	void trace(java.util.function.Supplier<String> what) {
		if (TRACE) {
			System.out.printf("%10.3f %s%n", this.now / 1e9, what.get());
		}
	}

	boolean chance(double probability) {
		return this.random.nextDouble() < probability;
	}

	/// Runs until a time, or until a condition holds that is looked at now and then.
	void runUntil(Duration time, java.util.function.BooleanSupplier end) {
		long until = this.now + time.toNanos();
		while (this.now < until) {
			if (++this.steps % 64 == 0 && end.getAsBoolean()) {
				return;
			}
			if (this.steps > 3_000_000) {
				throw new AssertionError("the simulation does not come to an end");
			}
			if (this.runnable.isEmpty()) {
				Timer timer = this.timers.poll();
				if (timer == null) {
					return;
				}
				this.now = Math.max(this.now, timer.at());
				fire(timer);
				continue;
			}
			run(this.runnable.remove(this.random.nextInt(this.runnable.size())));
		}
	}

	/// Runs what can run, and all that follows, until a time has passed and no further.
	public void pass(Duration time) {
		long until = this.now + time.toNanos();
		while (!this.runnable.isEmpty() || (!this.timers.isEmpty() && this.timers.peek().at() <= until)) {
			if (this.runnable.isEmpty()) {
				Timer timer = this.timers.poll();
				this.now = Math.max(this.now, timer.at());
				fire(timer);
			}
			else {
				run(this.runnable.remove(this.random.nextInt(this.runnable.size())));
			}
		}
		this.now = until;
	}

	/// Runs what can run now.
	public void settle() {
		pass(Duration.ZERO);
	}

	private void run(Work work) {
		work.queued = false;
		if (work.process.frozenUntil > this.now) {
			timer(work.process.frozenUntil - this.now, work.process, () -> wake(work));
			return;
		}
		if (!work.isDue()) {
			return;
		}
		this.fingerprint = (this.fingerprint * 31 + this.now) * 31 + work.number;
		this.current = work;
		work.run();
		this.current = null;
		Thread.interrupted();
	}

	/// Lets a moment pass in the running work: a step of a port call.
	void moment(long atMostMillis) {
		Work work = this.current;
		timer(1 + this.random.nextLong(atMostMillis * 1_000_000), work.process, () -> wake(work));
		Coroutine.stop();
	}

	void wake(Work work) {
		if (!work.queued && !work.coroutine.isDone()) {
			work.queued = true;
			this.runnable.add(work);
		}
	}

	void timer(long delay, Process process, Runnable action) {
		this.timers.add(new Timer(this.now + delay, this.sequence++, process, action));
	}

	private void fire(Timer timer) {
		if (timer.process().dead) {
			return;
		}
		if (timer.process().frozenUntil > this.now) {
			timer(timer.process().frozenUntil - this.now, timer.process(), timer.action());
			return;
		}
		timer.action().run();
	}

	/// A replica, or the world outside: what dies together, with a clock of its own.
	public final class Process implements Scheduler {

		private Duration skew;

		private boolean dead;

		private long frozenUntil = Long.MIN_VALUE;

		private Crashes crashes = Crashes.NONE;

		public Process(Duration skew) {
			this.skew = skew;
		}

		/// Has it crash at its calls of this port, too.
		void crashes(Crashes crashes) {
			this.crashes = crashes;
		}

		/// Sets its wall clock off by a time.
		public void skew(Duration skew) {
			this.skew = skew;
		}

		/// Ends everything it does, at once and without a word.
		public void kill() {
			this.dead = true;
		}

		boolean isDead() {
			return this.dead;
		}

		/// Lets it do nothing for a time, as a long pause of the machine does.
		void freeze(Duration time) {
			this.frozenUntil = Math.max(this.frozenUntil, World.this.now + time.toNanos());
		}

		/// Whether it did nothing for a time that ended at most so long ago.
		boolean wasFrozen(Duration within) {
			return this.frozenUntil > World.this.now - within.toNanos();
		}

		@Override
		public Instant now() {
			return time().plus(this.skew);
		}

		@Override
		public long nanoTime() {
			return World.this.now;
		}

		@Override
		public Task start(String name, Runnable work) {
			this.crashes.before("start");
			Work started = new Work(World.this, World.this.sequence++, this, work);
			wake(started);
			this.crashes.after("start");
			return started;
		}

		@Override
		public Task after(Duration delay, String name, Runnable work) {
			this.crashes.before("after");
			Work started = new Work(World.this, World.this.sequence++, this, work);
			timer(Math.max(0, delay.toNanos()), this, () -> wake(started));
			this.crashes.after("after");
			return started;
		}

		@Override
		public <T> T await(CompletableFuture<T> future, Duration atMost)
				throws InterruptedException, TimeoutException, ExecutionException {
			this.crashes.before("await");
			if (!future.isDone()) {
				Work work = World.this.current;
				long until = World.this.now + Math.max(0, atMost.toNanos());
				future.whenComplete((_, _) -> wake(work));
				timer(until - World.this.now, this, () -> wake(work));
				while (!future.isDone() && World.this.now < until) {
					Coroutine.stop();
					work.throwIfInterrupted();
				}
			}
			this.crashes.after("await");
			if (!future.isDone()) {
				throw new TimeoutException();
			}
			return future.get();
		}

		@Override
		public void pause(Duration duration) throws InterruptedException {
			this.crashes.before("pause");
			Work work = World.this.current;
			long until = World.this.now + Math.max(0, duration.toNanos());
			timer(until - World.this.now, this, () -> wake(work));
			do {
				Coroutine.stop();
				work.throwIfInterrupted();
			}
			while (World.this.now < until);
			this.crashes.after("pause");
		}

	}

}
