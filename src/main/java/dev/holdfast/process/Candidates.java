package dev.holdfast.process;

import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.Predicate;

import dev.holdfast.buffer.ForeignObjects;
import dev.holdfast.buffer.ObjectStore;
import dev.holdfast.buffer.ObjectStore.Listed;
import dev.holdfast.buffer.ObjectStore.Listing;
import dev.holdfast.buffer.SegmentKey;
import dev.holdfast.buffer.StoreClock;
import dev.holdfast.buffer.StoreException;
import org.jspecify.annotations.Nullable;

/// Lists the segments that are worth claiming, oldest first. Every age is the date of the
/// LIST answer minus the object's time, so that no replica's clock decides.
final class Candidates {

	private static final int MOST_PAGES = 20;

	/// How long a segment is left to the replica that wrote it and processes it.
	private final Duration grace;

	private final ObjectStore store;

	private final StoreClock clock;

	private final Backlog backlog;

	private final ForeignObjects foreign;

	Candidates(ObjectStore store, StoreClock clock, Backlog backlog, ForeignObjects foreign, Duration grace) {
		this.store = store;
		this.clock = clock;
		this.backlog = backlog;
		this.foreign = foreign;
		this.grace = grace;
	}

	/// Lists a folder until there are enough, or until young or not-due keys begin.
	/// What is not wanted does not count, so that segments which wait to be deleted,
	/// however many and for however long, hide nothing behind them.
	List<SegmentKey> list(String folder, int enough, Predicate<SegmentKey> wanted) throws StoreException {
		List<SegmentKey> candidates = new ArrayList<>();
		List<Listed> seen = new ArrayList<>();
		ForeignObjects.Look foreign = this.foreign.look(folder);
		Listing page = page(folder, null);
		for (int pages = 1; true; pages++) {
			boolean ripe = true;
			for (Listed object : page.objects()) {
				Optional<SegmentKey> segment = SegmentKey.parse(object.key());
				if (segment.isEmpty()) {
					foreign.saw(object, page.date());
					continue;
				}
				ripe = isRipe(segment.get(), object, page.date());
				if (ripe && wanted.test(segment.get())) {
					candidates.add(segment.get());
				}
			}
			seen.addAll(page.objects());
			if (!page.truncated() || page.objects().isEmpty() || !ripe || candidates.size() >= enough
					|| pages >= MOST_PAGES) {
				this.backlog.listed(folder, seen, page.date());
				foreign.end();
				return candidates;
			}
			page = page(folder, page.objects().getLast().key());
		}
	}

	private Listing page(String folder, @Nullable String after) throws StoreException {
		Listing page = this.store.list(folder, after);
		this.clock.observe(page.date());
		return page;
	}

	/// A retry is due at its key's time, and at the latest after the longest back-off,
	/// whatever the clock said that wrote the key.
	private boolean isRipe(SegmentKey segment, Listed object, Instant date) {
		if (segment.folder().equals(SegmentKey.RETRY)) {
			Instant latest = object.lastModified().plus(RetryPolicy.LONGEST);
			Instant due = segment.time().isBefore(latest) ? segment.time() : latest;
			return !due.isAfter(date);
		}
		return !segment.handedOff() || Duration.between(object.lastModified(), date).compareTo(this.grace) >= 0;
	}

}
