package dev.holdfast.buffer;

import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.BooleanSupplier;
import java.util.random.RandomGenerator;

import dev.holdfast.buffer.DeliveryBuffer.Cause;
import dev.holdfast.buffer.StoreException.Kind;
import dev.holdfast.schedule.Scheduler;
import org.jspecify.annotations.Nullable;

/// Puts a segment, again and again until it is confirmed or its deadline has passed. All
/// PUTs of a segment are of the same bytes under the same key: which of them the store
/// confirms, and which arrives when, makes no difference.
///
/// One that is slow gets a second beside it, unless the store has asked for less: a single
/// straggler would delay all deliveries of its batch. One that seems lost gets another in
/// any case. None is given up before the deadline, because a store that is slow today must
/// not be asked again and again for what it would have done.
final class SegmentPuts {

	private static final Duration FIRST_BACK_OFF = Duration.ofMillis(50);

	private static final Duration LONGEST_BACK_OFF = Duration.ofMillis(400);

	private static final Duration LOST_AFTER = Duration.ofMillis(1200);

	/// How late a PUT may notice that its time is over, before it is left alone: the
	/// resolver of names, for one, cannot be interrupted.
	private static final Duration GRACE = Duration.ofMillis(100);

	/// Before that a second PUT gains nothing that anybody would notice.
	private static final Duration SECOND_AFTER = Duration.ofMillis(100);

	private static final long BYTES_PER_MILLI = 10_000;

	private final ObjectStore store;

	private final StoreBreaker breaker;

	private final PutLimit limit;

	private final PutPace pace;

	private final Scheduler scheduler;

	private final RandomGenerator random;

	SegmentPuts(ObjectStore store, StoreBreaker breaker, PutLimit limit, PutPace pace, Scheduler scheduler,
			RandomGenerator random) {
		this.store = store;
		this.breaker = breaker;
		this.limit = limit;
		this.pace = pace;
		this.scheduler = scheduler;
		this.random = random;
	}

	/// @param deadline on the monotonic clock
	/// @return why it is not stored, or null if it is
	@Nullable Cause put(String key, Payload payload, long deadline) {
		Duration backOff = FIRST_BACK_OFF;
		try {
			while (true) {
				Duration left = Duration.ofNanos(deadline - this.scheduler.nanoTime());
				if (left.toMillis() <= 0) {
					return Cause.STORE_FAILED;
				}
				if (isStored(key, payload, left)) {
					return null;
				}
				if (this.breaker.isOpen()) {
					return Cause.BREAKER_OPEN;
				}
				this.scheduler.pause(Duration.ofNanos((long) (backOff.toNanos() * (0.5 + this.random.nextDouble()))));
				backOff = (backOff.compareTo(LONGEST_BACK_OFF) < 0) ? backOff.multipliedBy(2) : backOff;
			}
		}
		catch (InterruptedException _) {
			Thread.currentThread().interrupt();
			return Cause.SHUTTING_DOWN;
		}
	}

	private boolean isStored(String key, Payload payload, Duration atMost) throws InterruptedException {
		try {
			once(key, payload, atMost);
			this.breaker.succeeded();
			this.limit.succeeded();
			return true;
		}
		catch (StoreException ex) {
			this.breaker.failed(ex);
			if (ex.kind() == Kind.SLOW_DOWN) {
				this.limit.slowedDown();
			}
			return false;
		}
	}

	private void once(String key, Payload payload, Duration atMost) throws StoreException, InterruptedException {
		Attempts attempts = new Attempts(key, payload);
		Duration slow = this.pace.slow();
		Duration patience = longer(slow, SECOND_AFTER);
		Duration lost = longer(slow, LOST_AFTER.plusMillis(payload.length() / BYTES_PER_MILLI));
		List<Scheduler.Task> puts = List.of(this.scheduler.start("put-first", () -> attempts.run(atMost)),
				beside(attempts, patience, atMost, () -> this.limit.now() == PutLimit.MOST),
				beside(attempts, lost, atMost, () -> true));
		try {
			this.scheduler.await(attempts.end, atMost.plus(GRACE));
		}
		catch (TimeoutException ex) {
			throw new StoreException(Kind.UNAVAILABLE, "no answer in time", ex);
		}
		catch (ExecutionException ex) {
			switch (ex.getCause()) {
				case StoreException failure -> throw failure;
				case RuntimeException bug -> throw bug;
				case Error error -> throw error;
				case null, default -> throw new IllegalStateException(ex);
			}
		}
		finally {
			puts.forEach(Scheduler.Task::cancel);
		}
	}

	private Scheduler.Task beside(Attempts attempts, Duration after, Duration atMost, BooleanSupplier allowed) {
		return this.scheduler.after(after, "put-beside", () -> {
			Duration left = atMost.minus(after);
			if (left.toMillis() > 0 && allowed.getAsBoolean() && attempts.join()) {
				attempts.run(left);
			}
		});
	}

	private static Duration longer(Duration one, Duration other) {
		return (one.compareTo(other) > 0) ? one : other;
	}

	/// PUTs at once, three at most. The first success ends all; a failure only when it is
	/// the last.
	private final class Attempts {

		private final String key;

		private final Payload payload;

		private final CompletableFuture<@Nullable Void> end = new CompletableFuture<>();

		private final AtomicInteger running = new AtomicInteger(1);

		Attempts(String key, Payload payload) {
			this.key = key;
			this.payload = payload;
		}

		/// Whether there is still one to run beside.
		boolean join() {
			return !this.end.isDone() && this.running.getAndUpdate((now) -> (now == 0) ? 0 : now + 1) > 0;
		}

		void run(Duration atMost) {
			try {
				SegmentPuts.this.store.put(this.key, this.payload, atMost);
				this.end.complete(null);
			}
			catch (StoreException | RuntimeException | Error ex) {
				if (this.running.decrementAndGet() == 0) {
					this.end.completeExceptionally(ex);
				}
			}
		}

	}

}
