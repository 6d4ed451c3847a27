package dev.holdfast.buffer;

import java.time.DateTimeException;
import java.time.Instant;
import java.time.LocalDateTime;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.HexFormat;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.random.RandomGenerator;

import dev.holdfast.delivery.Delivery;

/// The key of a stored segment. It is never reused, sorts by time, and says how many
/// deliveries and bytes the object holds, so that a LIST alone tells the backlog. No text
/// of a header is in it, but for the folder of a dead letter.
///
/// @param folder `inbox/`, `retry/`, or `dead-letter/<shop>/<topic>/`
/// @param id time and random: names the segment wherever it is spoken of
/// @param deliveries how many deliveries the object holds; 0 for raw bytes
/// @param bytes the object's size
/// @param handedOff whether its writer processes it itself, so that others leave it a
/// moment
public record SegmentKey(String folder, String id, int deliveries, long bytes, boolean handedOff) {

	public static final String INBOX = "inbox/";

	public static final String RETRY = "retry/";

	public static final String DEAD_LETTER = "dead-letter/";

	/// Where the raw bytes of what could not be read are kept.
	public static final String CORRUPT = DEAD_LETTER + "-/-/";

	private static final DateTimeFormatter TIME = DateTimeFormatter.ofPattern("uuuuMMdd'T'HHmmssSSS'Z'")
		.withZone(ZoneOffset.UTC);

	private static final int NANOS_PER_MILLI = 1_000_000;

	private static final Pattern NAME = Pattern
		.compile("(?<id>\\d{8}T\\d{9}Z-[0-9a-f]{16})-(?<deliveries>\\d{1,5})-(?<bytes>\\d{1,12})(?<h>-h)?\\.http");

	/// A new key.
	/// @param time when it was received, when it is due, or when it died
	public static SegmentKey create(String folder, Instant time, RandomGenerator random, int deliveries, long bytes,
			boolean handedOff) {
		String id = TIME.format(time) + "-" + HexFormat.of().toHexDigits(random.nextLong());
		return new SegmentKey(folder, id, deliveries, bytes, handedOff);
	}

	/// Reads an object's key; empty if Holdfast did not write it.
	public static Optional<SegmentKey> parse(String objectKey) {
		int slash = objectKey.lastIndexOf('/');
		Matcher matcher = NAME.matcher(objectKey.substring(slash + 1));
		if (!matcher.matches()) {
			return Optional.empty();
		}
		String id = matcher.group("id");
		try {
			time(id);
		}
		catch (DateTimeException _) {
			return Optional.empty();
		}
		return Optional
			.of(new SegmentKey(objectKey.substring(0, slash + 1), id, Integer.parseInt(matcher.group("deliveries")),
					Long.parseLong(matcher.group("bytes")), matcher.group("h") != null));
	}

	/// Where a delivery's dead letters are: shop and topic where they are safe in a
	/// key, `-` where they are not.
	public static String deadLetterFolder(Delivery delivery) {
		return DEAD_LETTER + delivery.shopDomain().printable() + "/" + delivery.topic().printable() + "/";
	}

	/// The time in the key.
	public Instant time() {
		return time(this.id);
	}

	/// By hand, because every key of every LIST goes through here.
	private static Instant time(String id) {
		return LocalDateTime
			.of(number(id, 0, 4), number(id, 4, 6), number(id, 6, 8), number(id, 9, 11), number(id, 11, 13),
					number(id, 13, 15), number(id, 15, 18) * NANOS_PER_MILLI)
			.toInstant(ZoneOffset.UTC);
	}

	private static int number(String id, int from, int to) {
		return Integer.parseInt(id, from, to, 10);
	}

	/// The object's key in the store.
	public String objectKey() {
		return this.folder + this.id + "-" + this.deliveries + "-" + this.bytes + (this.handedOff ? "-h" : "")
				+ ".http";
	}

	@Override
	public String toString() {
		return objectKey();
	}

}
