package dev.holdfast.bench;

import java.util.EnumMap;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.atomic.LongAdder;
import java.util.stream.Collectors;

/// The requests to a store, by kind, as a provider counts them.
final class StoreCounts {

	/// What a request asks for. `OTHER` is about the bucket.
	enum Kind {

		PUT, GET, HEAD, LIST, COPY, DELETE, OTHER;

		String word() {
			return name().toLowerCase(Locale.ROOT);
		}

	}

	private final Map<Kind, LongAdder> requests = new EnumMap<>(Kind.class);

	private final LongAdder slowDowns = new LongAdder();

	StoreCounts() {
		for (Kind kind : Kind.values()) {
			this.requests.put(kind, new LongAdder());
		}
	}

	void count(Kind kind) {
		this.requests.getOrDefault(kind, this.slowDowns).increment();
	}

	void slowedDown() {
		this.slowDowns.increment();
	}

	/// What has been counted until now.
	Reading read() {
		Map<Kind, Long> now = new EnumMap<>(Kind.class);
		this.requests.forEach((kind, count) -> now.put(kind, count.sum()));
		return new Reading(now, this.slowDowns.sum());
	}

	/// @param requests all, refused ones included
	/// @param slowDowns those that were answered 503 SlowDown
	record Reading(Map<Kind, Long> requests, long slowDowns) {

		Reading since(Reading earlier) {
			return new Reading(this.requests.entrySet()
				.stream()
				.collect(Collectors.toMap(Map.Entry::getKey,
						(count) -> count.getValue() - earlier.requests.getOrDefault(count.getKey(), 0L), Long::sum,
						() -> new EnumMap<>(Kind.class))),
					this.slowDowns - earlier.slowDowns);
		}

		long of(Kind kind) {
			return this.requests.getOrDefault(kind, 0L);
		}

		long all() {
			return this.requests.values().stream().mapToLong(Long::longValue).sum();
		}

	}

}
