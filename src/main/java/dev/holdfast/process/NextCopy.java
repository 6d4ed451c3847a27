package dev.holdfast.process;

import java.time.Duration;

import dev.holdfast.delivery.Copy;
import org.jspecify.annotations.Nullable;

/// A copy that must be stored before the one it comes from is marked and deleted.
sealed interface NextCopy {

	Copy copy();

	/// For another attempt.
	///
	/// @param asked when, if the handler asked for a time
	record Again(Copy copy, @Nullable Duration asked) implements NextCopy {
	}

	/// Given up.
	record Buried(Copy copy) implements NextCopy {
	}

	/// Not attempted: for the same attempt, after a time.
	record Parked(Copy copy, Duration delay) implements NextCopy {
	}

}
