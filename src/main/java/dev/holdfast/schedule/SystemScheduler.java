package dev.holdfast.schedule;

import java.time.Duration;
import java.time.Instant;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ScheduledFuture;
import java.util.concurrent.ScheduledThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/// The machine's clock and virtual threads.
public final class SystemScheduler implements Scheduler, AutoCloseable {

	private final ScheduledThreadPoolExecutor timer;

	public SystemScheduler() {
		this.timer = new ScheduledThreadPoolExecutor(1, Thread.ofPlatform().daemon().name("timer").factory());
		this.timer.setRemoveOnCancelPolicy(true);
	}

	@Override
	public Instant now() {
		return Instant.now();
	}

	@Override
	public long nanoTime() {
		return System.nanoTime();
	}

	@Override
	public Task start(String name, Runnable work) {
		return Thread.ofVirtual().name(name).start(work)::interrupt;
	}

	@Override
	public Task after(Duration delay, String name, Runnable work) {
		CompletableFuture<Task> started = new CompletableFuture<>();
		ScheduledFuture<?> timer = this.timer.schedule(() -> started.complete(start(name, work)), delay.toNanos(),
				TimeUnit.NANOSECONDS);
		return () -> {
			timer.cancel(false);
			started.thenAccept(Task::cancel);
		};
	}

	@Override
	public <T> T await(CompletableFuture<T> future) throws InterruptedException, ExecutionException {
		return future.get();
	}

	@Override
	public <T> T await(CompletableFuture<T> future, Duration atMost)
			throws InterruptedException, TimeoutException, ExecutionException {
		return future.get(Math.max(0, atMost.toNanos()), TimeUnit.NANOSECONDS);
	}

	@Override
	public void pause(Duration duration) throws InterruptedException {
		Thread.sleep(duration);
	}

	@Override
	public void close() {
		this.timer.shutdownNow();
	}

}
