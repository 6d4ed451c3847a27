package dev.holdfast.ledger;

import java.time.Duration;

/// Durations as Redis takes them: whole milliseconds, at least one.
final class Millis {

	private Millis() {
	}

	static String of(Duration duration) {
		return Long.toString(Math.max(1, duration.toMillis()));
	}

	static Duration parse(String word) {
		return Duration.ofMillis(Long.parseLong(word));
	}

}
