package dev.holdfast.ledger;

import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;

import dev.holdfast.schedule.Scheduler;

/// A clock that stands until it is moved, and work that waits until then.
final class StepScheduler implements Scheduler {

	private record Work(long due, Runnable work) {
	}

	private final List<Work> waiting = new ArrayList<>();

	private long nanos;

	@Override
	public synchronized Instant now() {
		return Instant.EPOCH.plusNanos(this.nanos);
	}

	@Override
	public synchronized long nanoTime() {
		return this.nanos;
	}

	@Override
	public Task start(String name, Runnable work) {
		return after(Duration.ZERO, name, work);
	}

	@Override
	public synchronized Task after(Duration delay, String name, Runnable work) {
		Work entry = new Work(this.nanos + delay.toNanos(), work);
		this.waiting.add(entry);
		return () -> {
			synchronized (this) {
				this.waiting.remove(entry);
			}
		};
	}

	@Override
	public <T> T await(CompletableFuture<T> future, Duration atMost) {
		throw new UnsupportedOperationException();
	}

	@Override
	public void pause(Duration duration) {
		throw new UnsupportedOperationException();
	}

	/// Lets time pass, then does what is due, once.
	void pass(Duration duration) {
		List<Work> due;
		synchronized (this) {
			this.nanos += duration.toNanos();
			due = this.waiting.stream().filter((work) -> work.due() <= this.nanos).toList();
			this.waiting.removeAll(due);
		}
		due.forEach((work) -> work.work().run());
	}

}
