package dev.holdfast.process;

import java.time.Duration;
import java.util.List;

import dev.holdfast.buffer.ObjectStore;
import dev.holdfast.buffer.SegmentDecoder;
import dev.holdfast.buffer.SegmentDecoder.Decoded;
import dev.holdfast.buffer.SegmentKey;
import dev.holdfast.buffer.StoreException;
import dev.holdfast.delivery.Copy;
import dev.holdfast.schedule.Scheduler;
import org.jspecify.annotations.Nullable;

/// Reads a segment from the store. What looks damaged, or of another version, is read
/// once more after a moment before it is judged, because it may have been damaged on its
/// way.
final class SegmentReader {

	private static final Duration MOMENT = Duration.ofSeconds(1);

	private final ObjectStore store;

	private final Scheduler scheduler;

	SegmentReader(ObjectStore store, Scheduler scheduler) {
		this.store = store;
		this.scheduler = scheduler;
	}

	/// @throws StoreException also with `NOT_FOUND`, when another deleted it
	Read read(SegmentKey segment) throws StoreException, InterruptedException {
		Decoded decoded = SegmentDecoder.decode(segment, this.store.get(segment.objectKey()));
		if (decoded.problem() != null || decoded.unknownVersion()) {
			this.scheduler.pause(MOMENT);
			decoded = SegmentDecoder.decode(segment, this.store.get(segment.objectKey()));
		}
		return new Read(decoded.copies(), decoded.problem(), decoded.unknownVersion());
	}

	/// What was read.
	///
	/// @param copies the good copies
	/// @param problem what is wrong with the object behind them, or null
	/// @param unknownVersion whether a newer Holdfast wrote it
	record Read(List<Copy> copies, @Nullable String problem, boolean unknownVersion) {

		static Read intact(List<Copy> copies) {
			return new Read(copies, null, false);
		}

		boolean isDamaged() {
			return this.problem != null && !this.unknownVersion;
		}

	}

}
