package dev.holdfast.buffer;

import java.util.List;

import dev.holdfast.delivery.Copy;

/// Is told of a segment as soon as its PUT is confirmed, with its deliveries still in
/// memory.
public interface SegmentListener {

	/// For a replica that does not process.
	SegmentListener NONE = new SegmentListener() {

		@Override
		public void stored(SegmentKey key, List<Copy> copies) {
		}

		@Override
		public boolean processes() {
			return false;
		}

	};

	void stored(SegmentKey key, List<Copy> copies);

	/// Whether this replica is about to process what it stores, so that others leave it a
	/// moment.
	boolean processes();

}
