package dev.holdfast.buffer;

import dev.holdfast.delivery.Copy;

/// Holds accepted deliveries in the object store until they are processed.
public interface DeliveryBuffer {

	/// Holds a delivery: once this returns, the store has confirmed a PUT that contains
	/// it, and it will be processed.
	///
	/// When it throws, the delivery may be stored all the same (window W1); whoever
	/// sent it must send it again.
	/// @param deadline when to give up, on the scheduler's monotonic clock, in
	/// nanoseconds
	/// @param slow is told, perhaps again and again, that the store keeps it waiting; by
	/// a thread that others wait for, so it must not wait itself
	/// @throws NotHeldException if there was no confirmation by the deadline, or there
	/// will be none
	void hold(Copy copy, long deadline, Runnable slow) throws NotHeldException, InterruptedException;

	/// There was no confirmation.
	final class NotHeldException extends Exception {

		private static final long serialVersionUID = 1L;

		private final Cause cause;

		public NotHeldException(Cause cause) {
			super(cause.name(), null, false, false);
			this.cause = cause;
		}

		/// The reason to count it by.
		public Cause reason() {
			return this.cause;
		}

	}

	/// Why a delivery could not be held.
	enum Cause {

		/// The store failed.
		STORE_FAILED,

		/// The store had not answered by the deadline.
		STORE_SLOW,

		/// The breaker is open: the store failed a moment ago.
		BREAKER_OPEN,

		/// This replica is shutting down.
		SHUTTING_DOWN

	}

}
