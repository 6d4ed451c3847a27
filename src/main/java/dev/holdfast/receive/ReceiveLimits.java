package dev.holdfast.receive;

import java.util.concurrent.Semaphore;
import java.util.concurrent.atomic.AtomicLong;

import org.jspecify.annotations.Nullable;

/// How many requests are received at once, and how many bytes of bodies they may hold
/// together. Neither limit waits: over it means no, at once.
///
/// A chunked body is copied once into its final array; the budget counts one of the two.
final class ReceiveLimits {

	private final int permits;

	private final Semaphore free;

	private final long budget;

	private final AtomicLong reserved = new AtomicLong();

	ReceiveLimits(int permits, long budget) {
		this.permits = permits;
		this.free = new Semaphore(permits);
		this.budget = budget;
	}

	/// @return what the request holds, to be closed when it was answered; null if there
	/// are too many
	@Nullable Admission admit() {
		return this.free.tryAcquire() ? new Admission() : null;
	}

	int active() {
		return this.permits - this.free.availablePermits();
	}

	long bytes() {
		return this.reserved.get();
	}

	/// One request's permit and bytes. Used by one thread.
	final class Admission implements AutoCloseable {

		private long held;

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
			ReceiveLimits.this.free.release();
		}

	}

}
