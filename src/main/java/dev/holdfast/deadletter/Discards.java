package dev.holdfast.deadletter;

import java.util.List;
import java.util.Set;

import dev.holdfast.buffer.ObjectStore;
import dev.holdfast.buffer.ObjectStore.Listed;
import dev.holdfast.buffer.StoreException;
import dev.holdfast.buffer.StoreException.Kind;
import dev.holdfast.telemetry.LogKeys;
import dev.holdfast.telemetry.Meters;
import io.micrometer.core.instrument.MeterRegistry;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.slf4j.event.Level;

/// Deletes dead letters for good, and counts their deliveries. What the store refuses stays
/// listed, and is not counted. Two that delete the same at once both count it.
final class Discards {

	static final String OPERATOR = "operator";

	static final String RETENTION = "retention";

	private static final int BATCH = 500;

	private static final Logger logger = LoggerFactory.getLogger(Discards.class);

	private final ObjectStore store;

	private final MeterRegistry meters;

	Discards(ObjectStore store, MeterRegistry meters) {
		this.store = store;
		this.meters = meters;
	}

	/// Discards one dead letter.
	/// @throws StoreException also with `NOT_FOUND`: a DELETE alone does not tell
	Discarded discard(DeadLetterKey key) throws StoreException {
		if (this.store.list(key.objectKey(), null)
			.objects()
			.stream()
			.map(Listed::key)
			.noneMatch(key.objectKey()::equals)) {
			throw new StoreException(Kind.NOT_FOUND, "no such dead letter", null);
		}
		return discard(List.of(key), OPERATOR);
	}

	/// Discards dead letters, a bounded number with each request.
	Discarded discard(List<DeadLetterKey> keys, String reason) throws StoreException {
		int discarded = 0;
		int deliveries = 0;
		for (int from = 0; from < keys.size(); from += BATCH) {
			List<DeadLetterKey> batch = keys.subList(from, Math.min(keys.size(), from + BATCH));
			Set<String> kept = this.store.delete(batch.stream().map(DeadLetterKey::objectKey).toList());
			for (DeadLetterKey key : batch) {
				if (!kept.contains(key.objectKey())) {
					discarded++;
					deliveries += key.deliveries();
					count(key, reason);
				}
			}
		}
		return new Discarded(discarded, deliveries, keys.size() - discarded);
	}

	private void count(DeadLetterKey key, String reason) {
		this.meters.counter(Meters.DISCARDED.id(), "reason", reason).increment(key.deliveries());
		logger.atLevel(reason.equals(OPERATOR) ? Level.INFO : Level.DEBUG)
			.addKeyValue(LogKeys.KEY, key.objectKey())
			.addKeyValue(LogKeys.REASON, reason)
			.log("dead letter discarded");
	}

	/// What was discarded.
	///
	/// @param discarded how many dead letters
	/// @param deliveries how many deliveries they held
	/// @param kept how many the store refused to delete
	record Discarded(int discarded, int deliveries, int kept) {
	}

}
