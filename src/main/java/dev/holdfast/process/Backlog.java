package dev.holdfast.process;

import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.ToDoubleFunction;

import dev.holdfast.buffer.ObjectStore.Listed;
import dev.holdfast.buffer.SegmentKey;
import dev.holdfast.schedule.Scheduler;
import dev.holdfast.telemetry.Meters;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import org.jspecify.annotations.Nullable;

/// What the bucket holds, as this replica listed it last. Idle replicas take turns at
/// listing, so a replica that has not listed for a while has nothing to say: its gauges are
/// NaN, and the greatest over the replicas is the truth.
public final class Backlog {

	private static final Duration OUTDATED = Duration.ofSeconds(60);

	private final Scheduler scheduler;

	private final Map<String, Reading> readings = new ConcurrentHashMap<>();

	public Backlog(Scheduler scheduler, MeterRegistry meters) {
		this.scheduler = scheduler;
		for (String folder : List.of(SegmentKey.INBOX, SegmentKey.RETRY)) {
			gauge(meters, Meters.WAITING, folder, (reading) -> reading.deliveries);
			gauge(meters, Meters.WAITING_BYTES, folder, (reading) -> reading.bytes);
			gauge(meters, Meters.OLDEST, folder, (reading) -> reading.oldest.toMillis() / 1000.0);
		}
	}

	private void gauge(MeterRegistry meters, Meters meter, String folder, ToDoubleFunction<Reading> value) {
		Gauge.builder(meter.id(), () -> {
			Reading reading = this.readings.get(folder);
			return (reading == null || isOutdated(reading)) ? Double.NaN : value.applyAsDouble(reading);
		}).tag("prefix", folder.substring(0, folder.length() - 1)).register(meters);
	}

	private boolean isOutdated(Reading reading) {
		return this.scheduler.nanoTime() - reading.at > OUTDATED.toNanos();
	}

	/// Takes in a listing of a folder from its first key on.
	void listed(String folder, List<Listed> objects, Instant date) {
		long deliveries = 0;
		long bytes = 0;
		@Nullable Instant oldest = null;
		for (Listed object : objects) {
			deliveries += SegmentKey.parse(object.key()).map(SegmentKey::deliveries).orElse(0);
			bytes += object.size();
			oldest = (oldest == null || object.lastModified().isBefore(oldest)) ? object.lastModified() : oldest;
		}
		Duration age = (oldest != null) ? Duration.between(oldest, date) : Duration.ZERO;
		this.readings.put(folder, new Reading(deliveries, bytes, age, this.scheduler.nanoTime()));
	}

	private record Reading(long deliveries, long bytes, Duration oldest, long at) {
	}

}
