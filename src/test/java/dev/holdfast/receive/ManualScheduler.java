package dev.holdfast.receive;

import java.time.Duration;
import java.time.Instant;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.concurrent.CompletableFuture;

import dev.holdfast.schedule.Scheduler;

/// A clock that stands until it is moved, and work that waits until it is run.
final class ManualScheduler implements Scheduler {

	final Deque<Runnable> waiting = new ArrayDeque<>();

	private long nanos = 1;

	void advance(Duration duration) {
		this.nanos += duration.toNanos();
	}

	@Override
	public Instant now() {
		return Instant.EPOCH.plusNanos(this.nanos);
	}

	@Override
	public long nanoTime() {
		return this.nanos;
	}

	@Override
	public Task start(String name, Runnable work) {
		return after(Duration.ZERO, name, work);
	}

	@Override
	public Task after(Duration delay, String name, Runnable work) {
		this.waiting.add(work);
		return () -> this.waiting.remove(work);
	}

	@Override
	public <T> T await(CompletableFuture<T> future, Duration atMost) {
		throw new UnsupportedOperationException();
	}

	@Override
	public void pause(Duration duration) {
		throw new UnsupportedOperationException();
	}

}
