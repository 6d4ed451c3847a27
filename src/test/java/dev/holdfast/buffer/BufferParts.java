package dev.holdfast.buffer;

import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.random.RandomGenerator;

import dev.holdfast.schedule.Scheduler;
import dev.holdfast.telemetry.Conditions;
import io.micrometer.core.instrument.DistributionSummary;
import io.micrometer.core.instrument.MeterRegistry;

/// Puts the buffer's parts together without a container, over any store and scheduler.
public record BufferParts(DeliveryBuffer buffer, SegmentWriter writer, Deletes deletes, StoreClock clock,
		StorePressure pressure) {

	public static BufferParts of(ObjectStore store, SegmentListener listener, Scheduler scheduler,
			RandomGenerator random, Conditions conditions, MeterRegistry meters, int maxDeliveries) {
		StoreBreaker breaker = new StoreBreaker(scheduler, conditions, () -> store.put("probe/" + random.nextLong(),
				Payload.of("probe".getBytes(StandardCharsets.US_ASCII)), Duration.ofSeconds(2)));
		GroupCommit buffer = new GroupCommit(new BufferProperties(maxDeliveries, Duration.ofMillis(5)), store, breaker,
				listener, scheduler, random, DistributionSummary.builder("batch").register(meters));
		return new BufferParts(buffer, new SegmentWriter(store, random), new Deletes(store, scheduler, meters),
				new StoreClock(scheduler, conditions), new StorePressure(scheduler));
	}

	/// The store asked for fewer requests.
	public void slowedDown() {
		this.pressure.slowedDown();
	}

}
