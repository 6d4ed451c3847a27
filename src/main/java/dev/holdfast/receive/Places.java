package dev.holdfast.receive;

import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;

/// So many at once; who comes later waits in line, but not for ever.
final class Places {

	private final Semaphore free;

	Places(int atOnce) {
		this.free = new Semaphore(atOnce, true);
	}

	/// @param until by [System#nanoTime()]; one that waited until then goes on without
	Place take(long until) {
		try {
			return new Place(this.free, this.free.tryAcquire(until - System.nanoTime(), TimeUnit.NANOSECONDS));
		}
		catch (InterruptedException _) {
			Thread.currentThread().interrupt();
			return new Place(this.free, false);
		}
	}

	static final class Place implements AutoCloseable {

		static final Place NONE = new Place(new Semaphore(0), false);

		private final Semaphore free;

		private final AtomicBoolean taken;

		private Place(Semaphore free, boolean taken) {
			this.free = free;
			this.taken = new AtomicBoolean(taken);
		}

		/// Gives it back, once.
		@Override
		public void close() {
			if (this.taken.compareAndSet(true, false)) {
				this.free.release();
			}
		}

	}

}
