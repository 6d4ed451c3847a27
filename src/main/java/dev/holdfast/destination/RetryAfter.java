package dev.holdfast.destination;

import java.time.Duration;
import java.time.Instant;
import java.time.ZonedDateTime;
import java.time.format.DateTimeFormatter;
import java.time.format.DateTimeParseException;
import java.util.regex.Pattern;

import org.jspecify.annotations.Nullable;

/// Reads `Retry-After` (RFC 9110 §10.2.3): seconds, or a date.
final class RetryAfter {

	/// The longest wait that a destination may ask for: as long as the longest back-off.
	static final Duration LONGEST = Duration.ofHours(1);

	private static final Pattern SECONDS = Pattern.compile("[0-9]{1,18}");

	private RetryAfter() {
	}

	/// How long to wait, at most [#LONGEST]; null for what is unreadable or not in the
	/// future.
	static @Nullable Duration parse(String value, Instant now) {
		Duration wait = SECONDS.matcher(value).matches() ? Duration.ofSeconds(Long.parseLong(value))
				: untilDate(value, now);
		if (wait == null || !wait.isPositive()) {
			return null;
		}
		return (wait.compareTo(LONGEST) < 0) ? wait : LONGEST;
	}

	private static @Nullable Duration untilDate(String value, Instant now) {
		try {
			return Duration.between(now, ZonedDateTime.parse(value, DateTimeFormatter.RFC_1123_DATE_TIME).toInstant());
		}
		catch (DateTimeParseException ex) {
			return null;
		}
	}

}
