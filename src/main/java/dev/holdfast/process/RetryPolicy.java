package dev.holdfast.process;

import java.time.Duration;
import java.time.Instant;
import java.util.random.RandomGenerator;

import dev.holdfast.delivery.Envelope;
import org.jspecify.annotations.Nullable;

/// When a failed delivery is tried again: exponential back-off with full jitter, from 5 s
/// to 1 h, until there were too many attempts or the first failure is too long ago.
///
/// @param maxAttempts after how many attempts to give up
/// @param maxAge how long after the first failure to give up
record RetryPolicy(int maxAttempts, Duration maxAge) {

	static final Duration FIRST = Duration.ofSeconds(5);

	/// No attempt waits longer, whoever asks for it.
	static final Duration LONGEST = Duration.ofHours(1);

	/// How long until the next attempt.
	/// @param asked what the handler asked for, or null
	Duration delay(int attempt, @Nullable Duration asked, RandomGenerator random) {
		if (asked != null) {
			return shorter(asked.isNegative() ? Duration.ZERO : asked, LONGEST);
		}
		Duration ceiling = (attempt < 20) ? shorter(FIRST.multipliedBy(1L << attempt), LONGEST) : LONGEST;
		return Duration.ofMillis(random.nextLong(ceiling.toMillis() + 1));
	}

	/// Why this failure was the last, or null if there is another attempt.
	@Nullable String exhausted(Envelope envelope, Instant now) {
		if (envelope.attempt() + 1 >= this.maxAttempts) {
			return "attempts-exhausted";
		}
		Envelope.Failure failure = envelope.failure();
		if (failure != null && Duration.between(failure.first(), now).compareTo(this.maxAge) > 0) {
			return "too-old";
		}
		return null;
	}

	static Duration shorter(Duration a, Duration b) {
		return (a.compareTo(b) < 0) ? a : b;
	}

}
