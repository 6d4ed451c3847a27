package dev.holdfast.receive;

import java.time.Duration;
import java.util.EnumMap;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;

import dev.holdfast.telemetry.Meters;
import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Timer;

/// Counts answers. Each is counted once as received, and once as accepted or refused, in
/// one place: so the sum holds.
final class ReceiveMeters {

	private final MeterRegistry registry;

	private final Counter received;

	private final Map<Answer, Counter> outcomes = new EnumMap<>(Answer.class);

	private final Counter closed;

	private final Timer duration;

	private final Map<String, Counter> verified = new ConcurrentHashMap<>();

	ReceiveMeters(MeterRegistry registry, ReceiveLimits limits) {
		this.registry = registry;
		this.received = counter(Meters.RECEIVED).register(registry);
		this.closed = counter(Meters.CLOSED).register(registry);
		for (Answer answer : Answer.values()) {
			this.outcomes.put(answer, (answer == Answer.ACCEPTED) ? counter(Meters.ACCEPTED).register(registry)
					: counter(Meters.REFUSED).tag("reason", answer.reason()).register(registry));
		}
		this.duration = Timer.builder(Meters.ACCEPT_DURATION.id())
			.serviceLevelObjectives(Duration.ofMillis(20), Duration.ofMillis(50), Duration.ofMillis(100),
					Duration.ofMillis(250), Duration.ofMillis(500), Duration.ofSeconds(1), Duration.ofSeconds(2),
					Duration.ofSeconds(4))
			.register(registry);
		Gauge.builder(Meters.RECEIVING.id(), limits, ReceiveLimits::active).register(registry);
		Gauge.builder(Meters.RECEIVING_BYTES.id(), limits, ReceiveLimits::bytes).baseUnit("bytes").register(registry);
	}

	void answered(Answer answer, long nanos) {
		this.received.increment();
		Counter outcome = this.outcomes.get(answer);
		if (outcome != null) {
			outcome.increment();
		}
		if (answer == Answer.ACCEPTED) {
			this.duration.record(nanos, TimeUnit.NANOSECONDS);
		}
	}

	/// A connection was closed for which there was no room.
	void closed() {
		this.closed.increment();
	}

	void verified(String key) {
		this.verified.computeIfAbsent(key, (name) -> counter(Meters.VERIFIED).tag("key", name).register(this.registry))
			.increment();
	}

	private static Counter.Builder counter(Meters meter) {
		return Counter.builder(meter.id());
	}

}
