package dev.holdfast.deadletter;

import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

import dev.holdfast.buffer.ForeignObjects;
import dev.holdfast.buffer.ObjectStore;
import dev.holdfast.buffer.ObjectStore.Listed;
import dev.holdfast.buffer.ObjectStore.Listing;
import dev.holdfast.buffer.SegmentKey;
import dev.holdfast.buffer.StoreClock;
import dev.holdfast.buffer.StoreException;
import dev.holdfast.schedule.Scheduler;
import dev.holdfast.telemetry.Condition;
import dev.holdfast.telemetry.Conditions;
import dev.holdfast.telemetry.LogKeys;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Deletes dead letters whose time is over, an hour after the sweep before, and says when
/// that comes near. Ages are the date of the LIST answer minus the object's time.
///
/// If more than 100 and more than a tenth of what is listed would go at once, nothing is
/// deleted: a clock, a setting or a restored bucket is wrong more often than that many die
/// in an hour. A sweep looks at 200,000 objects at most.
final class DeadLetterSweep {

	static final Duration INTERVAL = Duration.ofHours(1);

	private static final Logger logger = LoggerFactory.getLogger(DeadLetterSweep.class);

	private static final Duration FIRST = Duration.ofMinutes(1);

	private static final Duration WARNING = Duration.ofDays(6);

	private static final int MOST_PAGES = 200;

	private static final int ALWAYS_ALLOWED = 100;

	private static final int SHARE = 10;

	private final ObjectStore store;

	private final StoreClock clock;

	private final Discards discards;

	private final DeadLetterGauges gauges;

	private final ForeignObjects foreign;

	private final Conditions conditions;

	private final Scheduler scheduler;

	private final Duration retention;

	private volatile Scheduler.@Nullable Task next;

	private volatile boolean stopped;

	DeadLetterSweep(ObjectStore store, StoreClock clock, Discards discards, DeadLetterGauges gauges,
			ForeignObjects foreign, Conditions conditions, Scheduler scheduler, Duration retention) {
		this.store = store;
		this.clock = clock;
		this.discards = discards;
		this.gauges = gauges;
		this.foreign = foreign;
		this.conditions = conditions;
		this.scheduler = scheduler;
		this.retention = retention;
	}

	void start() {
		this.next = this.scheduler.after(FIRST, "dead-letter-sweep", this::run);
	}

	void stop() {
		this.stopped = true;
		Scheduler.Task task = this.next;
		if (task != null) {
			task.cancel();
		}
	}

	private void run() {
		try {
			sweep();
		}
		catch (StoreException ex) {
			logger.atInfo()
				.addKeyValue(LogKeys.DETAIL, ex.getMessage())
				.log("dead letters could not be swept; tried again in an hour");
		}
		finally {
			if (!this.stopped) {
				this.next = this.scheduler.after(INTERVAL, "dead-letter-sweep", this::run);
			}
		}
	}

	/// Sweeps once.
	void sweep() throws StoreException {
		Reading reading = new Reading(this.retention, ageing());
		ForeignObjects.Look foreign = this.foreign.look(SegmentKey.DEAD_LETTER);
		String after = null;
		for (int pages = 0; pages < MOST_PAGES; pages++) {
			Listing page = this.store.list(SegmentKey.DEAD_LETTER, after);
			this.clock.observe(page.date());
			page.objects().forEach((object) -> take(reading, foreign, object, page.date()));
			if (!page.truncated() || page.objects().isEmpty()) {
				break;
			}
			after = page.objects().getLast().key();
		}
		foreign.end();
		int swept = delete(reading);
		if (reading.ageing > swept) {
			this.conditions.raise(Condition.DEAD_LETTERS_AGEING,
					"Dead letters are older than " + ageing().toHours() + " h and are deleted at "
							+ this.retention.toHours() + " h: replay or discard them (/actuator/deadletters)");
		}
		else {
			this.conditions.clear(Condition.DEAD_LETTERS_AGEING);
		}
		this.gauges.listed(reading.deliveries, reading.bytes, reading.oldest);
	}

	private static void take(Reading reading, ForeignObjects.Look foreign, Listed object, Instant date) {
		Optional<DeadLetterKey> key = DeadLetterKey.parse(object.key());
		if (key.isPresent()) {
			reading.take(key.get(), object.size(), Duration.between(object.lastModified(), date));
		}
		else {
			foreign.saw(object, date);
		}
	}

	/// @return how many dead letters were deleted
	private int delete(Reading reading) throws StoreException {
		int expired = reading.expired.size();
		if (expired > Math.max(ALWAYS_ALLOWED, reading.objects / SHARE)) {
			this.conditions.raise(Condition.SWEEP_STOPPED, expired + " of " + reading.objects
					+ " dead letters are older than " + this.retention.toHours()
					+ " h, too many to delete at once: check holdfast.dead-letter.retention and the store's clock, "
					+ "then discard them with olderThan (/actuator/deadletters)");
			return 0;
		}
		this.conditions.clear(Condition.SWEEP_STOPPED);
		int swept = this.discards.discard(reading.expired, Discards.RETENTION).discarded();
		if (swept > 0) {
			logger.atInfo().addKeyValue(LogKeys.COUNT, swept).log("dead letters deleted by retention");
		}
		return swept;
	}

	/// From what age on retention is near: 6 days before it, or at four fifths of a short
	/// one.
	private Duration ageing() {
		Duration early = this.retention.minus(WARNING);
		Duration share = this.retention.multipliedBy(4).dividedBy(5);
		return (early.compareTo(share) > 0) ? early : share;
	}

	/// What a sweep saw.
	private static final class Reading {

		private final Duration retention;

		private final Duration warning;

		private final List<DeadLetterKey> expired = new ArrayList<>();

		private Duration oldest = Duration.ZERO;

		private int objects;

		private int ageing;

		private long deliveries;

		private long bytes;

		Reading(Duration retention, Duration warning) {
			this.retention = retention;
			this.warning = warning;
		}

		void take(DeadLetterKey key, long size, Duration age) {
			this.objects++;
			this.deliveries += key.deliveries();
			this.bytes += size;
			this.oldest = (age.compareTo(this.oldest) > 0) ? age : this.oldest;
			if (age.compareTo(this.warning) >= 0) {
				this.ageing++;
			}
			if (age.compareTo(this.retention) >= 0) {
				this.expired.add(key);
			}
		}

	}

}
