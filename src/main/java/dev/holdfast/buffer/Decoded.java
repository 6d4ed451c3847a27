package dev.holdfast.buffer;

import java.util.List;

import dev.holdfast.delivery.Copy;

/// What was read from an object.
public sealed interface Decoded {

	/// The copies that are as they were written.
	List<Copy> copies();

	/// It is whole.
	record Intact(List<Copy> copies) implements Decoded {
	}

	/// It is damaged behind some good copies.
	///
	/// @param problem what is wrong
	record Damaged(List<Copy> copies, String problem) implements Decoded {
	}

	/// A newer Holdfast wrote it, which may mean all of it otherwise: it is to be left
	/// alone.
	record UnknownVersion() implements Decoded {

		@Override
		public List<Copy> copies() {
			return List.of();
		}

	}

}
