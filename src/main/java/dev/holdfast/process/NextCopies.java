package dev.holdfast.process;

import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeoutException;
import java.util.random.RandomGenerator;

import dev.holdfast.buffer.SegmentKey;
import dev.holdfast.buffer.SegmentWriter;
import dev.holdfast.buffer.StoreClock;
import dev.holdfast.buffer.StoreException;
import dev.holdfast.buffer.StoreException.Kind;
import dev.holdfast.delivery.Copy;
import dev.holdfast.delivery.Envelope;
import dev.holdfast.schedule.Scheduler;

/// Stores the next copies of a segment's deliveries, in as few objects as can be: the
/// retries of a segment share one due time, its dead letters one object for each shop,
/// topic and reason, so that an operator can replay or discard by any of them.
final class NextCopies {

	private static final Duration PARKED_AT_MOST = Duration.ofSeconds(20);

	private final SegmentWriter writer;

	private final Parking parking;

	private final RetryPolicy policy;

	private final StoreClock clock;

	private final Scheduler scheduler;

	private final RandomGenerator random;

	NextCopies(SegmentWriter writer, Parking parking, RetryPolicy policy, StoreClock clock, Scheduler scheduler,
			RandomGenerator random) {
		this.writer = writer;
		this.parking = parking;
		this.policy = policy;
		this.clock = clock;
		this.scheduler = scheduler;
		this.random = random;
	}

	/// Stores copies; all are stored once this returns, and some may be if it throws.
	void store(List<NextCopy> copies) throws StoreException, InterruptedException {
		Map<Grave, List<Copy>> buried = new LinkedHashMap<>();
		Map<Long, List<Copy>> again = new TreeMap<>();
		List<Copy> parked = new ArrayList<>();
		Duration delay = RetryPolicy.LONGEST;
		for (NextCopy next : copies) {
			switch (next) {
				case NextCopy.Buried(Copy copy) ->
					buried.computeIfAbsent(Grave.of(copy), (_) -> new ArrayList<>()).add(copy);
				case NextCopy.Again(Copy copy, Duration asked) ->
					again.computeIfAbsent((asked != null) ? seconds(asked) : -1, (_) -> new ArrayList<>()).add(copy);
				case NextCopy.Parked(Copy copy, Duration wait) -> {
					parked.add(copy);
					delay = RetryPolicy.shorter(delay, wait);
				}
			}
		}
		CompletableFuture<Void> parkedCopies = parked.isEmpty() ? CompletableFuture.completedFuture(null)
				: this.parking.park(parked, delay);
		Instant now = this.clock.now();
		for (Map.Entry<Grave, List<Copy>> grave : buried.entrySet()) {
			this.writer.write(grave.getKey().folder(), now, grave.getValue());
		}
		for (Map.Entry<Long, List<Copy>> group : again.entrySet()) {
			this.writer.write(SegmentKey.RETRY, now.plus(delay(group.getKey(), group.getValue())), group.getValue());
		}
		await(parkedCopies);
	}

	/// Stores copies that are busy elsewhere once more, for the same attempt.
	void postpone(List<Copy> copies, Duration delay) throws StoreException {
		this.writer.write(SegmentKey.RETRY, this.clock.now().plus(delay), copies);
	}

	/// Not less than was asked for, though the store's clock may be a second behind.
	private static long seconds(Duration asked) {
		return RetryPolicy.shorter(asked, RetryPolicy.LONGEST).plusMillis(1999).toSeconds();
	}

	private Duration delay(long askedSeconds, List<Copy> copies) {
		int attempt = copies.stream().mapToInt((copy) -> copy.envelope().attempt()).max().orElse(1);
		return this.policy.delay(attempt - 1, (askedSeconds < 0) ? null : Duration.ofSeconds(askedSeconds),
				this.random);
	}

	private void await(CompletableFuture<Void> parked) throws StoreException, InterruptedException {
		try {
			this.scheduler.await(parked, PARKED_AT_MOST);
		}
		catch (TimeoutException ex) {
			throw new StoreException(Kind.UNAVAILABLE, "parked copies were not stored in time", ex);
		}
		catch (ExecutionException ex) {
			throw (ex.getCause() instanceof StoreException failure) ? failure
					: new StoreException(Kind.UNAVAILABLE, "parked copies could not be stored", ex);
		}
	}

	/// What dead letters of one object have in common.
	private record Grave(String folder, String reason) {

		static Grave of(Copy copy) {
			Envelope.Failure failure = copy.envelope().failure();
			return new Grave(SegmentKey.deadLetterFolder(copy.delivery()), (failure != null) ? failure.reason() : "");
		}

	}

}
