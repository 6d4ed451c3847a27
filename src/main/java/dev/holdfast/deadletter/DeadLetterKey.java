package dev.holdfast.deadletter;

import java.util.Optional;
import java.util.regex.Pattern;

import dev.holdfast.buffer.SegmentKey;

/// The key of a stored dead letter, which says whose it is.
///
/// @param shop the shop's domain, or `-` where it was not safe in a key
/// @param topic the topic, or `-`
record DeadLetterKey(SegmentKey segment, String shop, String topic) {

	private static final Pattern FOLDER = Pattern
		.compile("(?<shop>-|[a-z0-9][a-z0-9.-]*)/(?<topic>-|[A-Za-z0-9_]+([./][A-Za-z0-9_]+)*)/");

	/// Reads a key; empty if it is not a dead letter's.
	static Optional<DeadLetterKey> parse(String objectKey) {
		if (!objectKey.startsWith(SegmentKey.DEAD_LETTER)) {
			return Optional.empty();
		}
		return SegmentKey.parse(objectKey).flatMap((segment) -> {
			var folder = FOLDER.matcher(segment.folder().substring(SegmentKey.DEAD_LETTER.length()));
			return (folder.matches() && !segment.handedOff())
					? Optional.of(new DeadLetterKey(segment, folder.group("shop"), folder.group("topic")))
					: Optional.empty();
		});
	}

	String objectKey() {
		return this.segment.objectKey();
	}

	/// Whether it holds bytes that could not be read, rather than deliveries.
	boolean isRaw() {
		return this.segment.deliveries() == 0;
	}

	/// How many deliveries it counts as; what could not be read counts as one.
	int deliveries() {
		return Math.max(1, this.segment.deliveries());
	}

}
