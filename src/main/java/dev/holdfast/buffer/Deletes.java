package dev.holdfast.buffer;

import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

import dev.holdfast.schedule.Scheduler;
import dev.holdfast.telemetry.LogKeys;
import dev.holdfast.telemetry.Meters;
import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.MeterRegistry;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Deletes segments in company: each waits at most a second for others. Keys that the store
/// refuses are tried again, alone among the refused.
///
/// What is forgotten here, by a crash or because there are too many, is found again by the
/// poller, which deletes it without handling it.
public final class Deletes {

	private static final Logger logger = LoggerFactory.getLogger(Deletes.class);

	private static final int BATCH = 500;

	private static final int MOST = 20_000;

	private static final Duration COMPANY = Duration.ofSeconds(1);

	private static final Duration LONGEST_BACK_OFF = Duration.ofSeconds(30);

	private final ObjectStore store;

	private final Scheduler scheduler;

	private final Counter refused;

	private final Map<String, SegmentKey> waiting = new LinkedHashMap<>();

	private Duration backOff = COMPANY;

	private boolean scheduled;

	private boolean flushing;

	public Deletes(ObjectStore store, Scheduler scheduler, MeterRegistry meters) {
		this.store = store;
		this.scheduler = scheduler;
		this.refused = meters.counter(Meters.DELETES_REFUSED.id());
	}

	public synchronized void add(SegmentKey segment) {
		if (this.waiting.size() < MOST) {
			this.waiting.put(segment.id(), segment);
		}
		if (this.waiting.size() >= BATCH && this.backOff.equals(COMPANY) && !this.flushing) {
			this.flushing = true;
			this.scheduler.start("deletes", this::flush);
		}
		else if (!this.scheduled) {
			this.scheduled = true;
			this.scheduler.after(this.backOff, "deletes", this::flushLater);
		}
	}

	/// Whether a segment waits to be deleted.
	public synchronized boolean contains(SegmentKey segment) {
		return this.waiting.containsKey(segment.id());
	}

	private void flushLater() {
		synchronized (this) {
			this.scheduled = false;
			if (this.flushing) {
				return;
			}
			this.flushing = true;
		}
		flush();
	}

	/// Deletes what waits, as far as the store does it now. What comes meanwhile waits
	/// for company of its own: else a busy replica would delete by ones and twos.
	public void flush() {
		boolean clean = false;
		try {
			clean = deleteWaiting();
		}
		finally {
			flushed(clean);
		}
	}

	/// @return whether the store has deleted all that it was asked to
	private boolean deleteWaiting() {
		int left = waiting();
		while (left > 0) {
			List<SegmentKey> batch = next();
			if (batch.isEmpty()) {
				// At a shutdown two do this at once.
				return true;
			}
			if (!delete(batch)) {
				return false;
			}
			left -= batch.size();
		}
		return true;
	}

	private synchronized void flushed(boolean clean) {
		this.flushing = false;
		this.backOff = clean ? COMPANY : longer(this.backOff);
		if (!this.waiting.isEmpty() && !this.scheduled) {
			this.scheduled = true;
			this.scheduler.after(this.backOff, "deletes", this::flushLater);
		}
	}

	private synchronized int waiting() {
		return this.waiting.size();
	}

	private synchronized List<SegmentKey> next() {
		return this.waiting.values().stream().limit(BATCH).toList();
	}

	private boolean delete(List<SegmentKey> batch) {
		try {
			Set<String> kept = this.store.delete(batch.stream().map(SegmentKey::objectKey).toList());
			synchronized (this) {
				batch.forEach((segment) -> this.waiting.remove(segment.id()));
				batch.stream()
					.filter((segment) -> kept.contains(segment.objectKey()))
					.forEach((segment) -> this.waiting.put(segment.id(), segment));
			}
			if (!kept.isEmpty()) {
				this.refused.increment(kept.size());
				logger.atWarn()
					.addKeyValue(LogKeys.COUNT, kept.size())
					.log("the store refused to delete segments; they are tried again");
			}
			return kept.isEmpty();
		}
		catch (StoreException ex) {
			logger.atDebug().addKeyValue(LogKeys.DETAIL, ex.getMessage()).log("segments could not be deleted yet");
			return false;
		}
	}

	private static Duration longer(Duration backOff) {
		Duration twice = backOff.multipliedBy(2);
		return (twice.compareTo(LONGEST_BACK_OFF) < 0) ? twice : LONGEST_BACK_OFF;
	}

}
