package dev.holdfast.process;

import java.util.List;

import dev.holdfast.buffer.SegmentKey;
import dev.holdfast.delivery.Copy;
import org.jspecify.annotations.Nullable;

/// One worker's work on one segment.
///
/// @param segment the segment
/// @param lease the lease under which it is worked on
/// @param inMemory its copies, if the hand-off brought them: then the segment is claimed
/// when it is begun
/// @param claims how often it was claimed since it was last begun
/// @param revisited whether some of its deliveries were busy elsewhere at the visit before
record Visit(SegmentKey segment, Leases.Held lease, @Nullable List<Copy> inMemory, int claims, boolean revisited) {

	static Visit handedOff(SegmentKey segment, Leases.Held lease, List<Copy> copies) {
		return new Visit(segment, lease, copies, 1, false);
	}

	static Visit claimed(SegmentKey segment, Leases.Held lease, int claims, boolean revisited) {
		return new Visit(segment, lease, null, claims, revisited);
	}

}
