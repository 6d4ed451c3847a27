package dev.holdfast.process;

import java.time.Duration;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeoutException;

import dev.holdfast.buffer.SegmentKey;
import dev.holdfast.schedule.Permits;
import dev.holdfast.schedule.Scheduler;

/// Runs visits, each on a thread of its own, as many at a time as there are workers and
/// memory for their segments.
final class Workers {

	static final int SEGMENTS = 64;

	/// An eighth.
	static final int POLLERS_SHARE = 8;

	private static final int KIB = 1024;

	private final SegmentWorker worker;

	private final Scheduler scheduler;

	private final Permits segments = new Permits(SEGMENTS);

	private final Permits memory;

	private final Set<String> active = ConcurrentHashMap.newKeySet();

	private volatile CompletableFuture<Void> change = new CompletableFuture<>();

	/// @param memory how many bytes of segments may be worked on at a time; one that is
	/// larger is worked on alone
	Workers(SegmentWorker worker, Scheduler scheduler, long memory) {
		this.worker = worker;
		this.scheduler = scheduler;
		this.memory = new Permits((int) Math.min(Integer.MAX_VALUE, memory / KIB));
	}

	/// How many more segments could be worked on; none while it is not worth a claim.
	int free() {
		int free = this.segments.free();
		return (free >= SEGMENTS / POLLERS_SHARE) ? free : 0;
	}

	boolean isActive(SegmentKey segment) {
		return this.active.contains(segment.id());
	}

	/// Takes a worker and memory for a segment if both are free now; [#run] or [#give]
	/// gives them back.
	boolean tryTake(SegmentKey segment) {
		if (!this.segments.tryAcquire(1)) {
			return false;
		}
		if (!this.memory.tryAcquire(kib(segment))) {
			this.segments.release(1);
			return false;
		}
		this.active.add(segment.id());
		return true;
	}

	/// Waits for a worker and memory.
	void take(SegmentKey segment) throws InterruptedException {
		this.segments.take(1, this.scheduler);
		try {
			this.memory.take(kib(segment), this.scheduler);
		}
		catch (InterruptedException ex) {
			this.segments.release(1);
			throw ex;
		}
		this.active.add(segment.id());
	}

	void give(SegmentKey segment) {
		this.active.remove(segment.id());
		this.memory.release(kib(segment));
		this.segments.release(1);
		CompletableFuture<Void> before;
		synchronized (this) {
			before = this.change;
			this.change = new CompletableFuture<>();
		}
		before.complete(null);
	}

	/// Starts a visit for which a worker was taken.
	void start(Visit visit) {
		this.scheduler.start("worker", () -> run(visit));
	}

	/// Works on a visit for which a worker was taken, here.
	void run(Visit visit) {
		try {
			this.worker.work(visit);
		}
		catch (InterruptedException _) {
			Thread.currentThread().interrupt();
		}
		finally {
			give(visit.segment());
		}
	}

	/// Waits until a worker has become free, or a time has passed.
	void awaitChange(Duration atMost) throws InterruptedException {
		try {
			this.scheduler.await(this.change, atMost);
		}
		catch (TimeoutException _) {
			// The time has passed.
		}
		catch (ExecutionException ex) {
			throw new IllegalStateException(ex);
		}
	}

	/// Waits until all are free.
	/// @return whether they are
	boolean awaitIdle(Duration atMost) throws InterruptedException {
		long deadline = this.scheduler.nanoTime() + atMost.toNanos();
		while (this.segments.free() < SEGMENTS) {
			long left = deadline - this.scheduler.nanoTime();
			if (left <= 0) {
				return false;
			}
			awaitChange(Duration.ofNanos(Math.min(left, Duration.ofMillis(200).toNanos())));
		}
		return true;
	}

	private static int kib(SegmentKey segment) {
		return (int) Math.min(Integer.MAX_VALUE, segment.bytes() / KIB + 1);
	}

}
