package dev.holdfast.process;

import java.time.Duration;

/// What became of a delivery in one handler.
sealed interface Result {

	/// The handler ended, or was ended, with this outcome.
	record Ended(Outcome outcome) implements Result {
	}

	/// The handler is paused: it was not called.
	record Parked(Duration delay) implements Result {
	}

	/// It was not called, or was interrupted because the replica stops: no attempt was
	/// used.
	record Released() implements Result {
	}

}
