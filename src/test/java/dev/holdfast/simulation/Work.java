package dev.holdfast.simulation;

import dev.holdfast.schedule.Scheduler;

/// A piece of work of a process: runs up to its next wait, and may be interrupted there.
final class Work implements Scheduler.Task {

	final World.Process process;

	final Coroutine coroutine;

	final long number;

	private final World world;

	boolean queued;

	private boolean begun;

	private boolean cancelled;

	Work(World world, long number, World.Process process, Runnable work) {
		this.world = world;
		this.number = number;
		this.process = process;
		this.coroutine = new Coroutine(work);
	}

	/// Whether it is still to run: what is cancelled before it began never does.
	boolean isDue() {
		return !this.process.isDead() && !this.coroutine.isDone() && !(this.cancelled && !this.begun);
	}

	void run() {
		this.begun = true;
		this.coroutine.run();
	}

	@Override
	public void cancel() {
		this.cancelled = true;
		if (this.begun) {
			this.world.wake(this);
		}
	}

	void throwIfInterrupted() throws InterruptedException {
		if (this.cancelled) {
			this.cancelled = false;
			throw new InterruptedException();
		}
	}

}
