package dev.holdfast.deadletter;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeoutException;

import dev.holdfast.buffer.Decoded;
import dev.holdfast.buffer.ObjectStore;
import dev.holdfast.buffer.ObjectStore.Listed;
import dev.holdfast.buffer.ObjectStore.Listing;
import dev.holdfast.buffer.SegmentDecoder;
import dev.holdfast.buffer.StoreClock;
import dev.holdfast.buffer.StoreException;
import dev.holdfast.buffer.StoreException.Kind;
import dev.holdfast.schedule.Permits;
import dev.holdfast.schedule.Scheduler;
import org.jspecify.annotations.Nullable;

/// Finds dead letters. One search lists and reads a bounded number of objects, eight at
/// a time, and says where the next one goes on: so a search for a rare reason may find
/// nothing and still have more to look at.
final class Search {

	static final int MOST_READS = 400;

	private static final int MOST_PAGES = 20;

	private static final int READS_TOGETHER = 8;

	/// Large objects count as several, so that searches never hold the heap.
	private static final long BYTES_PER_READ = 4L << 20;

	private static final int BATCH = 32;

	private static final Duration MOMENT = Duration.ofSeconds(1);

	private static final Duration PATIENCE = Duration.ofSeconds(60);

	private final ObjectStore store;

	private final StoreClock clock;

	private final Scheduler scheduler;

	private final Permits reads = new Permits(READS_TOGETHER);

	Search(ObjectStore store, StoreClock clock, Scheduler scheduler) {
		this.store = store;
		this.clock = clock;
		this.scheduler = scheduler;
	}

	/// Finds dead letters by their keys, and by their headers only if the reason matters.
	Found find(Query query) throws StoreException, InterruptedException {
		return find(query, query.reason() != null);
	}

	/// Finds dead letters and reads what they say of themselves.
	Found describe(Query query) throws StoreException, InterruptedException {
		return find(query, true);
	}

	private Found find(Query query, boolean read) throws StoreException, InterruptedException {
		List<Match> matches = new ArrayList<>();
		List<Match> batch = new ArrayList<>();
		String at = query.after();
		int looked = 0;
		for (int pages = 0; pages < MOST_PAGES; pages++) {
			Listing page = this.store.list(query.prefix(), at);
			this.clock.observe(page.date());
			for (int i = 0; i < page.objects().size(); i++) {
				Listed object = page.objects().get(i);
				at = object.key();
				candidate(query, object, page).ifPresent(batch::add);
				boolean last = i == page.objects().size() - 1;
				if (!batch.isEmpty() && (last || batch.size() >= Math.min(BATCH, query.limit() - matches.size()))) {
					looked += batch.size();
					matches.addAll(read ? read(batch, query) : batch);
					batch.clear();
				}
				boolean enough = matches.size() >= query.limit() || (read && looked >= MOST_READS);
				if (enough && (!last || page.truncated())) {
					return new Found(matches, at);
				}
			}
			if (!page.truncated() || page.objects().isEmpty()) {
				return new Found(matches, null);
			}
		}
		return new Found(matches, at);
	}

	private static Optional<Match> candidate(Query query, Listed object, Listing page) {
		Duration age = Duration.between(object.lastModified(), page.date());
		return DeadLetterKey.parse(object.key())
			.filter((key) -> query.matches(key, age))
			.map((key) -> new Match(key, age, null));
	}

	private List<Match> read(List<Match> batch, Query query) throws StoreException, InterruptedException {
		List<CompletableFuture<Optional<DeadLetter>>> reading = new ArrayList<>();
		for (Match match : batch) {
			reading.add(start(match));
		}
		List<Match> matches = new ArrayList<>();
		for (int i = 0; i < batch.size(); i++) {
			Match match = batch.get(i);
			await(reading.get(i)).filter(query::matches)
				.ifPresent((letter) -> matches.add(new Match(match.key, match.age, letter)));
		}
		return matches;
	}

	private CompletableFuture<Optional<DeadLetter>> start(Match match) throws StoreException, InterruptedException {
		if (match.key.isRaw()) {
			return CompletableFuture.completedFuture(Optional.of(DeadLetter.raw(match.key, match.age)));
		}
		int weight = (int) (match.key.segment().bytes() / BYTES_PER_READ) + 1;
		CompletableFuture<Void> permit = this.reads.acquire(weight);
		try {
			await(permit);
		}
		catch (StoreException | InterruptedException ex) {
			this.reads.abandon(permit, weight);
			throw ex;
		}
		CompletableFuture<Optional<DeadLetter>> letter = new CompletableFuture<>();
		this.scheduler.start("dead-letter", () -> {
			try {
				letter.complete(read(match));
			}
			catch (StoreException | InterruptedException | RuntimeException ex) {
				letter.completeExceptionally(ex);
			}
			finally {
				this.reads.release(weight);
			}
		});
		return letter;
	}

	/// Empty if it has been deleted since it was listed. What looks damaged is read once
	/// more after a moment: it may have been damaged on its way, and `corrupt` may be
	/// discarded.
	private Optional<DeadLetter> read(Match match) throws StoreException, InterruptedException {
		try {
			Decoded decoded = decode(match.key);
			if (decoded instanceof Decoded.Damaged) {
				this.scheduler.pause(MOMENT);
				decoded = decode(match.key);
			}
			return Optional.of(DeadLetter.of(match.key, match.age, decoded));
		}
		catch (StoreException ex) {
			if (ex.kind() == Kind.NOT_FOUND) {
				return Optional.empty();
			}
			throw ex;
		}
	}

	private Decoded decode(DeadLetterKey key) throws StoreException {
		return SegmentDecoder.decode(key.segment(), this.store.get(key.objectKey()));
	}

	private <T> T await(CompletableFuture<T> future) throws StoreException, InterruptedException {
		try {
			return this.scheduler.await(future, PATIENCE);
		}
		catch (TimeoutException ex) {
			throw new StoreException(Kind.UNAVAILABLE, "dead letters were not read in time", ex);
		}
		catch (ExecutionException ex) {
			throw (ex.getCause() instanceof StoreException failure) ? failure
					: new StoreException(Kind.UNAVAILABLE, "a dead letter could not be read", ex);
		}
	}

	/// What was found.
	///
	/// @param next the last key looked at, or null if there are no more
	record Found(List<Match> matches, @Nullable String next) {
	}

	/// A dead letter that was found.
	///
	/// @param letter what it says of itself, if it was read
	record Match(DeadLetterKey key, Duration age, @Nullable DeadLetter letter) {
	}

}
