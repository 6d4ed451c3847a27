package dev.holdfast.process;

import java.time.Duration;

import org.jspecify.annotations.Nullable;

/// How an attempt ended.
public sealed interface Outcome {

	/// The effect was had.
	static Outcome handled() {
		return new Handled();
	}

	/// Try again after the usual back-off.
	static Outcome retry(String error) {
		return new Retry(null, error);
	}

	/// Try again, not before a time has passed.
	static Outcome retry(Duration after, String error) {
		return new Retry(after, error);
	}

	/// Give up: no attempt will ever succeed.
	/// @param reason a word from a short list: it becomes a tag
	static Outcome dead(String reason, String error) {
		return new Dead(reason, error);
	}

	record Handled() implements Outcome {
	}

	record Retry(@Nullable Duration after, String error) implements Outcome {
	}

	record Dead(String reason, String error) implements Outcome {
	}

}
