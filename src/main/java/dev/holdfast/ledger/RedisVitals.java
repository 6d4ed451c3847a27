package dev.holdfast.ledger;

import dev.holdfast.telemetry.Meters;
import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import org.jspecify.annotations.Nullable;

/// How full Redis is, and how often another one took over, as meters. What Redis does not
/// let this user see is NaN, and not counted. While Redis is away, how full it was stays.
final class RedisVitals {

	private final Counter failovers;

	private volatile double memory = Double.NaN;

	private volatile @Nullable String primary;

	RedisVitals(MeterRegistry meters) {
		this.failovers = meters.counter(Meters.REDIS_FAILOVERS.id());
		Gauge.builder(Meters.REDIS_MEMORY.id(), () -> this.memory).register(meters);
	}

	void look(RedisView redis) {
		this.memory = share(redis.info("memory", "used_memory"), redis.info("memory", "maxmemory"));
		// Redis takes a new one at each start.
		String process = redis.info("server", "run_id");
		if (process != null) {
			if (this.primary != null && !process.equals(this.primary)) {
				this.failovers.increment();
			}
			this.primary = process;
		}
	}

	/// A limit of 0 is none.
	private static double share(@Nullable String used, @Nullable String limit) {
		if (used == null || limit == null || limit.equals("0")) {
			return Double.NaN;
		}
		return Double.parseDouble(used) / Double.parseDouble(limit);
	}

}
