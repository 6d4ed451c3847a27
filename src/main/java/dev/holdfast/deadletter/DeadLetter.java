package dev.holdfast.deadletter;

import java.time.Duration;
import java.time.Instant;
import java.util.Collection;
import java.util.Comparator;
import java.util.List;
import java.util.Objects;
import java.util.stream.Stream;

import com.fasterxml.jackson.annotation.JsonInclude;
import dev.holdfast.buffer.Decoded;
import dev.holdfast.delivery.Copy;
import dev.holdfast.delivery.Envelope.Failure;
import org.jspecify.annotations.Nullable;

/// A dead letter as it is listed: nothing of a payload is in it, except what a handler
/// put into its error. Where its deliveries differ, the highest run and attempt and the
/// earliest times stand for all.
///
/// @param key the object's key, which names it in every operation
/// @param shop the shop's domain, or `-`
/// @param topic the topic, or `-`
/// @param reason why it died; `corrupt` for what cannot be read, `unknown-version`
/// for what a newer release wrote
/// @param error what the handler said, or what is wrong with the bytes
/// @param handler the one handler it is for, or null for all that take its topic
/// @param run how often it was replayed
/// @param attempts the number of its last attempt
/// @param deliveries how many deliveries it holds, 0 for bytes that could not be read
/// @param bytes its size
/// @param ageSeconds how long the store has it, by the store's clock
/// @param deliveryIds the ids of its deliveries, `-` where they are not safe to print
@JsonInclude(JsonInclude.Include.NON_NULL)
record DeadLetter(String key, String shop, String topic, String reason, @Nullable String error,
		@Nullable String handler, int run, int attempts, int deliveries, long bytes, @Nullable Instant firstFailure,
		@Nullable Instant receivedAt, Instant diedAt, long ageSeconds, List<String> deliveryIds) {

	/// What holds bytes that nobody could read.
	static DeadLetter raw(DeadLetterKey key, Duration age) {
		return unread(key, age, Query.CORRUPT, "the bytes could not be read");
	}

	private static DeadLetter unread(DeadLetterKey key, Duration age, String reason, String problem) {
		return new DeadLetter(key.objectKey(), key.shop(), key.topic(), reason, problem, null, 0, 0,
				key.segment().deliveries(), key.segment().bytes(), null, null, key.segment().time(), age.toSeconds(),
				List.of());
	}

	static DeadLetter of(DeadLetterKey key, Duration age, Decoded decoded) {
		return switch (decoded) {
			case Decoded.Intact(List<Copy> copies) -> of(key, age, copies);
			case Decoded.Damaged(List<Copy> _, String problem) -> unread(key, age, Query.CORRUPT, problem);
			case Decoded.UnknownVersion _ ->
				unread(key, age, "unknown-version", "a format version that this release does not know");
		};
	}

	private static DeadLetter of(DeadLetterKey key, Duration age, List<Copy> copies) {
		List<Failure> failures = copies.stream()
			.map((copy) -> copy.envelope().failure())
			.filter(Objects::nonNull)
			.toList();
		return new DeadLetter(key.objectKey(), key.shop(), key.topic(), joined(failures.stream().map(Failure::reason)),
				failures.stream().map(Failure::error).findFirst().orElse(null),
				copies.stream()
					.map((copy) -> copy.envelope().handler())
					.filter(Objects::nonNull)
					.findFirst()
					.orElse(null),
				copies.stream().mapToInt((copy) -> copy.envelope().run()).max().orElse(0),
				copies.stream().mapToInt((copy) -> copy.envelope().attempt()).max().orElse(0) + 1, copies.size(),
				key.segment().bytes(), earliest(failures.stream().map(Failure::first)),
				earliest(copies.stream().map((copy) -> copy.envelope().receivedAt())), key.segment().time(),
				age.toSeconds(), ids(copies));
	}

	static List<String> ids(Collection<Copy> copies) {
		return copies.stream().map((copy) -> copy.delivery().id().printable()).toList();
	}

	/// Deliveries of one object died of one reason, unless an early release wrote it.
	private static String joined(Stream<String> reasons) {
		List<String> distinct = reasons.distinct().sorted().toList();
		return distinct.isEmpty() ? "unknown" : String.join(",", distinct);
	}

	private static @Nullable Instant earliest(Stream<Instant> times) {
		return times.min(Comparator.naturalOrder()).orElse(null);
	}

}
