package dev.holdfast.deadletter;

import java.time.Duration;
import java.util.function.ToDoubleFunction;

import dev.holdfast.schedule.Scheduler;
import dev.holdfast.telemetry.Meters;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import org.jspecify.annotations.Nullable;

/// How many dead letters there are, as the last sweep found them before it deleted any. NaN
/// until there was one, and when it is long ago.
final class DeadLetterGauges {

	private static final Duration OUTDATED = DeadLetterSweep.INTERVAL.multipliedBy(2);

	private final Scheduler scheduler;

	private volatile @Nullable Reading reading;

	DeadLetterGauges(Scheduler scheduler, MeterRegistry meters) {
		this.scheduler = scheduler;
		register(meters, Meters.WAITING, (reading) -> reading.deliveries);
		register(meters, Meters.WAITING_BYTES, (reading) -> reading.bytes);
		register(meters, Meters.OLDEST, (reading) -> reading.oldest.toMillis() / 1000.0);
	}

	private void register(MeterRegistry meters, Meters meter, ToDoubleFunction<Reading> value) {
		Gauge.builder(meter.id(), () -> {
			Reading last = this.reading;
			boolean outdated = last == null || this.scheduler.nanoTime() - last.at > OUTDATED.toNanos();
			return outdated ? Double.NaN : value.applyAsDouble(last);
		}).tag("prefix", "dead-letter").register(meters);
	}

	void listed(long deliveries, long bytes, Duration oldest) {
		this.reading = new Reading(deliveries, bytes, oldest, this.scheduler.nanoTime());
	}

	private record Reading(long deliveries, long bytes, Duration oldest, long at) {
	}

}
