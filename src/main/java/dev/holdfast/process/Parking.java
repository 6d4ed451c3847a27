package dev.holdfast.process;

import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;

import dev.holdfast.buffer.SegmentKey;
import dev.holdfast.buffer.SegmentWriter;
import dev.holdfast.buffer.StoreClock;
import dev.holdfast.buffer.StoreException;
import dev.holdfast.delivery.Copy;
import dev.holdfast.schedule.Scheduler;

/// Writes copies for a paused handler to `retry/` in batches, gathered over many segments
/// for up to a second, so that an outage of a handler costs the store few requests. The
/// copies keep their attempt.
final class Parking {

	private static final int LARGEST = 256;

	private static final long LARGEST_BYTES = 4L << 20;

	private static final Duration COMPANY = Duration.ofSeconds(1);

	private final SegmentWriter writer;

	private final StoreClock clock;

	private final Scheduler scheduler;

	private Batch gathering = new Batch();

	Parking(SegmentWriter writer, StoreClock clock, Scheduler scheduler) {
		this.writer = writer;
		this.clock = clock;
		this.scheduler = scheduler;
	}

	/// Parks copies.
	/// @param due when they are due, counted from now
	/// @return done once they are stored, failed if they could not be
	synchronized CompletableFuture<Void> park(List<Copy> copies, Duration due) {
		Batch batch = this.gathering;
		if (batch.copies.isEmpty()) {
			this.scheduler.after(COMPANY, "parking", () -> write(batch));
		}
		batch.copies.addAll(copies);
		batch.bytes += copies.stream().mapToLong((copy) -> copy.delivery().body().length).sum();
		batch.due = RetryPolicy.shorter(batch.due, due);
		if (batch.copies.size() >= LARGEST || batch.bytes >= LARGEST_BYTES) {
			this.gathering = new Batch();
			this.scheduler.start("parking", () -> write(batch));
		}
		return batch.stored;
	}

	private void write(Batch batch) {
		synchronized (this) {
			if (batch.taken) {
				return;
			}
			batch.taken = true;
			if (this.gathering == batch) {
				this.gathering = new Batch();
			}
		}
		Instant due = this.clock.now().plus(batch.due);
		try {
			for (int from = 0; from < batch.copies.size(); from += LARGEST) {
				int to = Math.min(from + LARGEST, batch.copies.size());
				this.writer.write(SegmentKey.RETRY, due, batch.copies.subList(from, to));
			}
			batch.stored.complete(null);
		}
		catch (StoreException ex) {
			batch.stored.completeExceptionally(ex);
		}
	}

	private static final class Batch {

		private final List<Copy> copies = new ArrayList<>();

		private final CompletableFuture<Void> stored = new CompletableFuture<>();

		private Duration due = RetryPolicy.LONGEST;

		private long bytes;

		private boolean taken;

	}

}
