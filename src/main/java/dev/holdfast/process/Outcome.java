package dev.holdfast.process;

import java.time.Duration;
import java.util.Objects;

import org.jspecify.annotations.Nullable;

/// How an attempt ended.
public sealed interface Outcome {

	/// The effect was had.
	static Outcome handled() {
		return new Handled();
	}

	/// Try again after the usual back-off.
	/// @param error for the log and the dead letter; null, as the message of many an
	/// exception, counts as empty
	static Outcome retry(@Nullable String error) {
		return new Retry(null, orEmpty(error));
	}

	/// Try again, not before a time has passed.
	static Outcome retry(Duration after, @Nullable String error) {
		return new Retry(after, orEmpty(error));
	}

	/// Give up: no attempt will ever succeed.
	/// @param reason a word from a short list: it becomes a tag
	static Outcome dead(@Nullable String reason, @Nullable String error) {
		return new Dead(orEmpty(reason), orEmpty(error));
	}

	private static String orEmpty(@Nullable String text) {
		return Objects.requireNonNullElse(text, "");
	}

	record Handled() implements Outcome {
	}

	record Retry(@Nullable Duration after, String error) implements Outcome {
	}

	record Dead(String reason, String error) implements Outcome {
	}

}
