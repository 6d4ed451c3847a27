package dev.holdfast.process;

import java.time.Duration;

import dev.holdfast.buffer.Decoded;
import dev.holdfast.buffer.ObjectStore;
import dev.holdfast.buffer.SegmentDecoder;
import dev.holdfast.buffer.SegmentKey;
import dev.holdfast.buffer.StoreException;
import dev.holdfast.schedule.Scheduler;

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
	Decoded read(SegmentKey segment) throws StoreException, InterruptedException {
		Decoded decoded = decode(segment);
		if (decoded instanceof Decoded.Intact) {
			return decoded;
		}
		this.scheduler.pause(MOMENT);
		return decode(segment);
	}

	private Decoded decode(SegmentKey segment) throws StoreException {
		return SegmentDecoder.decode(segment, this.store.get(segment.objectKey()));
	}

}
