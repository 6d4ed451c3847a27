package dev.holdfast.schedule;

import java.time.Duration;
import java.time.Instant;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeoutException;

/// Time, threads and waiting. Whatever decides by time or waits for another thread does it
/// through this port, so that a simulation can run the same code in one thread.
public interface Scheduler {

	/// The wall clock. No lease and no age is decided by it.
	Instant now();

	/// The monotonic clock, in nanoseconds.
	long nanoTime();

	/// Runs work on a thread of its own.
	Task start(String name, Runnable work);

	/// Runs work on a thread of its own after a delay, unless it is cancelled before.
	Task after(Duration delay, String name, Runnable work);

	/// Waits for a value, however long it takes. This costs less than a wait that may end
	/// before.
	/// @throws ExecutionException with the cause, if there will be none
	default <T> T await(CompletableFuture<T> future) throws InterruptedException, ExecutionException {
		while (true) {
			try {
				return await(future, Duration.ofDays(1));
			}
			catch (TimeoutException _) {
				// Not yet.
			}
		}
	}

	/// Waits for a value.
	/// @throws TimeoutException if it is not there in time
	/// @throws ExecutionException with the cause, if there will be none
	<T> T await(CompletableFuture<T> future, Duration atMost)
			throws InterruptedException, TimeoutException, ExecutionException;

	/// Lets time pass.
	void pause(Duration duration) throws InterruptedException;

	/// Started work.
	interface Task {

		/// Keeps work from starting, or interrupts it where it has started.
		void cancel();

	}

}
