package dev.holdfast.simulation;

import java.time.Instant;
import java.util.List;

import dev.holdfast.delivery.Copy;

/// An object of the store.
///
/// @param copies what it held when it was written
@SuppressWarnings("ArrayRecordComponent")
record Stored(String key, byte[] bytes, Instant modified, List<Copy> copies) {

	@Override
	public String toString() {
		return this.key + this.copies.stream()
			.map((copy) -> " " + copy.delivery().id().printable() + "#" + copy.envelope().run() + "@"
					+ copy.envelope().handler() + " attempt " + copy.envelope().attempt())
			.toList();
	}

}
