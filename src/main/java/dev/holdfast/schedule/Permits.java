package dev.holdfast.schedule;

import java.util.ArrayDeque;
import java.util.Queue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;

import org.jspecify.annotations.Nullable;

/// A number of permits, given out in the order they were asked for. Waiting for them is
/// waiting for a future, so that it goes through the [Scheduler].
public final class Permits {

	private final int total;

	private final Queue<Waiter> waiters = new ArrayDeque<>();

	private int free;

	public Permits(int total) {
		this.total = total;
		this.free = total;
	}

	/// Takes permits when they are free; more than there are count as all of them.
	public CompletableFuture<Void> acquire(int count) {
		Waiter waiter = new Waiter(Math.min(count, this.total), new CompletableFuture<>());
		synchronized (this) {
			this.waiters.add(waiter);
		}
		serve();
		return waiter.served;
	}

	/// Takes permits, and waits for them.
	public void take(int count, Scheduler scheduler) throws InterruptedException {
		CompletableFuture<Void> request = acquire(count);
		try {
			scheduler.await(request);
		}
		catch (InterruptedException ex) {
			abandon(request, count);
			throw ex;
		}
		catch (ExecutionException ex) {
			throw new IllegalStateException(ex);
		}
	}

	/// Takes permits if they are free now and nobody waits.
	public synchronized boolean tryAcquire(int count) {
		int counted = Math.min(count, this.total);
		if (!this.waiters.isEmpty() || this.free < counted) {
			return false;
		}
		this.free -= counted;
		return true;
	}

	public void release(int count) {
		synchronized (this) {
			this.free += Math.min(count, this.total);
		}
		serve();
	}

	/// Gives up a request: it leaves the queue, or gives back what it got in the
	/// meantime.
	public void abandon(CompletableFuture<Void> request, int count) {
		boolean waited;
		synchronized (this) {
			waited = this.waiters.removeIf((waiter) -> waiter.served == request);
		}
		if (waited) {
			serve();
		}
		else {
			release(count);
		}
	}

	public synchronized int free() {
		return this.free;
	}

	public int total() {
		return this.total;
	}

	private void serve() {
		Waiter next = poll();
		while (next != null) {
			next.served.complete(null);
			next = poll();
		}
	}

	private synchronized @Nullable Waiter poll() {
		Waiter first = this.waiters.peek();
		if (first == null || this.free < first.count) {
			return null;
		}
		this.free -= first.count;
		return this.waiters.remove();
	}

	private record Waiter(int count, CompletableFuture<Void> served) {
	}

}
