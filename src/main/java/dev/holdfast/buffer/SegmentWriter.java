package dev.holdfast.buffer;

import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.random.RandomGenerator;

import dev.holdfast.delivery.Copy;

/// Stores copies that processing makes: for another attempt, for a replay, or as dead
/// letters.
public final class SegmentWriter {

	private static final Duration AT_MOST = Duration.ofSeconds(10);

	private final ObjectStore store;

	private final RandomGenerator random;

	public SegmentWriter(ObjectStore store, RandomGenerator random) {
		this.store = store;
		this.random = random;
	}

	/// Stores copies as one segment; it is stored once this returns.
	/// @param time when they are due, or when they died
	public SegmentKey write(String folder, Instant time, List<Copy> copies) throws StoreException {
		Payload payload = SegmentEncoder.payload(copies.stream().map(SegmentEncoder::encode).toList());
		SegmentKey key = SegmentKey.create(folder, time, this.random, copies.size(), payload.length(), false);
		this.store.put(key.objectKey(), payload, AT_MOST);
		return key;
	}

	/// Keeps an object that cannot be read, as the store has it.
	public SegmentKey copyRaw(Instant time, SegmentKey segment) throws StoreException {
		SegmentKey key = SegmentKey.create(SegmentKey.CORRUPT, time, this.random, 0, segment.bytes(), false);
		this.store.copy(segment.objectKey(), key.objectKey());
		return key;
	}

}
