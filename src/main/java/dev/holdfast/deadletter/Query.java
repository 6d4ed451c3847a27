package dev.holdfast.deadletter;

import java.time.Duration;
import java.util.Set;

import dev.holdfast.buffer.SegmentKey;
import org.jspecify.annotations.Nullable;
import org.springframework.boot.convert.DurationStyle;

/// Which dead letters an operation is about; what is null does not matter.
///
/// @param shop the shop's domain, or `-` for those without a usable one
/// @param topic the topic, or `-`
/// @param reason why they died
/// @param olderThan how long ago they were stored at least
/// @param after the key to begin behind
/// @param limit how many at most
record Query(@Nullable String shop, @Nullable String topic, @Nullable String reason, @Nullable Duration olderThan,
		@Nullable String after, int limit) {

	/// What dead letters are said to have died of that hold bytes nobody could read.
	static final String CORRUPT = "corrupt";

	private static final Set<String> NOTHING = Set.of("", "*");

	/// Reads what an operator asked for.
	/// @param limit the limit if none was asked for, and the highest
	static Query of(@Nullable String shop, @Nullable String topic, @Nullable String reason, @Nullable String olderThan,
			@Nullable String after, @Nullable String asked, Limit limit) throws RefusedException {
		if (after != null && !after.startsWith(SegmentKey.DEAD_LETTER)) {
			throw new RefusedException(400, "after must be the value of 'next' of the answer before");
		}
		return new Query(word("shop", shop), word("topic", topic), word("reason", reason),
				(olderThan != null) ? duration("olderThan", olderThan, Duration.ofDays(3650)) : null, after,
				(asked != null) ? number("limit", asked, 1, limit.most) : limit.usual);
	}

	private static @Nullable String word(String name, @Nullable String value) throws RefusedException {
		if (value == null) {
			return null;
		}
		if (NOTHING.contains(value) || value.contains("..") || !value.matches("[A-Za-z0-9_./-]{1,253}")) {
			throw new RefusedException(400,
					name + " may hold letters, digits, '_', '.', '/' and '-'; leave it out for all");
		}
		return value;
	}

	static int number(String name, String value, int least, int most) throws RefusedException {
		try {
			int number = Integer.parseInt(value);
			if (number >= least && number <= most) {
				return number;
			}
		}
		catch (NumberFormatException _) {
			// Said below, as for a number out of range.
		}
		throw new RefusedException(400, name + " must be a number between " + least + " and " + most);
	}

	static Duration duration(String name, String value, Duration most) throws RefusedException {
		try {
			Duration duration = DurationStyle.detectAndParse(value);
			if (!duration.isNegative() && duration.compareTo(most) <= 0) {
				return duration;
			}
		}
		catch (IllegalArgumentException | ArithmeticException _) {
			// Said below, as for a time out of range.
		}
		throw new RefusedException(400,
				name + " must be a time such as 90s, 10m, 2h or 7d, at most " + most.toHours() + "h");
	}

	/// The prefix under which all of them are.
	String prefix() {
		if (this.shop == null) {
			return SegmentKey.DEAD_LETTER;
		}
		return SegmentKey.DEAD_LETTER + this.shop + "/" + ((this.topic != null) ? this.topic + "/" : "");
	}

	/// Whether a dead letter may be one of them, as far as its key and age tell.
	boolean matches(DeadLetterKey key, Duration age) {
		return (this.shop == null || this.shop.equals(key.shop()))
				&& (this.topic == null || this.topic.equals(key.topic()))
				&& (this.olderThan == null || age.compareTo(this.olderThan) >= 0)
				&& (this.reason == null || !key.isRaw() || this.reason.equals(CORRUPT));
	}

	/// Whether a dead letter that was read is one of them.
	boolean matches(DeadLetter letter) {
		return this.reason == null || this.reason.equals(letter.reason());
	}

	/// How many dead letters an operation is about.
	record Limit(int usual, int most) {
	}

}
