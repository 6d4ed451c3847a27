package dev.holdfast.receive;

import java.util.concurrent.Semaphore;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;

/// How many requests with a complete body there are at once, and how many bytes all bodies
/// may hold together. Neither limit waits: over it means no.
///
/// A request takes its permit when its body is there: a crowd of slow senders takes none.
/// They are bounded by the bytes, by the time that a body may take, and by the server's
/// number of connections.
///
/// A body that grows is copied; the budget counts one of the two.
final class ReceiveLimits {

	private final Semaphore free;

	private final long budget;

	private final AtomicInteger active = new AtomicInteger();

	private final AtomicLong reserved = new AtomicLong();

	ReceiveLimits(int permits, long budget) {
		this.free = new Semaphore(permits);
		this.budget = budget;
	}

	/// @return what the request holds, to be closed when it was answered
	Admission admit() {
		this.active.incrementAndGet();
		return new Admission();
	}

	/// Whether there is no permit now.
	boolean areUsedUp() {
		return this.free.availablePermits() == 0;
	}

	/// Requests that are admitted, with a permit or still without one.
	int active() {
		return this.active.get();
	}

	long bytes() {
		return this.reserved.get();
	}

	/// One request's permit and bytes. Used by one thread.
	final class Admission implements AutoCloseable {

		private long held;

		private boolean permitted;

		/// Takes the permit, once the body is complete, or tells that there is none left.
		boolean permit() {
			this.permitted = ReceiveLimits.this.free.tryAcquire();
			return this.permitted;
		}

		/// Takes more bytes from the budget, or nothing if they are not there.
		boolean reserve(long bytes) {
			if (ReceiveLimits.this.reserved.addAndGet(bytes) > ReceiveLimits.this.budget) {
				ReceiveLimits.this.reserved.addAndGet(-bytes);
				return false;
			}
			this.held += bytes;
			return true;
		}

		@Override
		public void close() {
			ReceiveLimits.this.reserved.addAndGet(-this.held);
			this.held = 0;
			if (this.permitted) {
				ReceiveLimits.this.free.release();
			}
			ReceiveLimits.this.active.decrementAndGet();
		}

	}

}
