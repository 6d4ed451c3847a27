package dev.holdfast.process;

import java.time.Duration;
import java.util.Arrays;
import java.util.List;

import dev.holdfast.buffer.ObjectStore;
import dev.holdfast.buffer.SegmentDecoder;
import dev.holdfast.buffer.SegmentDecoder.Decoded;
import dev.holdfast.buffer.SegmentKey;
import dev.holdfast.buffer.StoreException;
import dev.holdfast.delivery.Copy;
import dev.holdfast.schedule.Scheduler;
import org.jspecify.annotations.Nullable;

/// Reads a segment from the store. What looks damaged is read once more after a moment
/// before it is judged, because it may have been damaged on its way.
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
		byte[] bytes = this.store.get(segment.objectKey());
		Decoded decoded = SegmentDecoder.decode(segment, bytes);
		if (decoded.problem() != null && !decoded.unknownVersion()) {
			this.scheduler.pause(MOMENT);
			bytes = this.store.get(segment.objectKey());
			decoded = SegmentDecoder.decode(segment, bytes);
		}
		if (decoded.problem() == null || decoded.unknownVersion()) {
			return new Read(decoded.copies(), decoded.problem(), null);
		}
		boolean whole = decoded.good() == bytes.length;
		return new Read(decoded.copies(), decoded.problem(),
				whole ? bytes : Arrays.copyOfRange(bytes, decoded.good(), bytes.length));
	}

	/// What was read.
	///
	/// @param copies the good copies
	/// @param problem what is wrong with the object, or null
	/// @param damaged the bytes to keep as they are, or null if there are none, as with
	/// an
	/// unknown version
	@SuppressWarnings("ArrayRecordComponent")
	record Read(List<Copy> copies, @Nullable String problem, byte @Nullable [] damaged) {

		static Read intact(List<Copy> copies) {
			return new Read(copies, null, null);
		}

		boolean isUnknownVersion() {
			return this.problem != null && this.damaged == null;
		}

	}

}
