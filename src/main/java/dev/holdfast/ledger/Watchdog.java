package dev.holdfast.ledger;

import java.time.Duration;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;

import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.MeterRegistry;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

import dev.holdfast.schedule.Scheduler;
import dev.holdfast.telemetry.LogKeys;
import dev.holdfast.telemetry.Meters;

/// Gives up a connection that leads nowhere, so that the next one asks the Sentinels again.
///
/// Lettuce does not do it: a frozen primary keeps its sockets open and lets commands time
/// out one by one (lettuce issue 2909), a demoted one answers `READONLY` for as long as it
/// is asked, and one that is cut off from its replicas `NOREPLICAS`. At most one reset in
/// 2 s.
final class Watchdog {

	private static final Logger logger = LoggerFactory.getLogger(Watchdog.class);

	private static final int TIMEOUTS = 3;

	private static final int FAILED_PROBES = 10;

	private static final long INTERVAL = Duration.ofSeconds(2).toNanos();

	private final Runnable connection;

	private final Scheduler scheduler;

	private final MeterRegistry meters;

	private final AtomicInteger timeouts = new AtomicInteger();

	private final AtomicInteger probes = new AtomicInteger();

	private final AtomicLong last;

	/// @param connection gives up the connection
	Watchdog(Runnable connection, Scheduler scheduler, MeterRegistry meters) {
		this.connection = connection;
		this.scheduler = scheduler;
		this.meters = meters;
		this.last = new AtomicLong(scheduler.nanoTime() - INTERVAL);
	}

	void succeeded() {
		this.timeouts.set(0);
		this.probes.set(0);
	}

	/// Whether the last call got no answer in time.
	boolean isSuspicious() {
		return this.timeouts.get() > 0;
	}

	/// @return why to reset the connection, or null to leave it
	@Nullable RedisFailure failed(RedisFailure failure) {
		boolean enough = failure == RedisFailure.TIMEOUT && this.timeouts.incrementAndGet() >= TIMEOUTS;
		return (enough || failure.saysWrongNode()) ? unlessTooSoon(failure) : null;
	}

	/// What [#failed] does, for a probe: after ten in a row the connection is given up
	/// whatever ails it, in case it does not reconnect by itself.
	@Nullable RedisFailure probeFailed(RedisFailure failure) {
		RedisFailure cause = failed(failure);
		if (cause == null && this.probes.incrementAndGet() >= FAILED_PROBES) {
			return unlessTooSoon(RedisFailure.STUCK);
		}
		return cause;
	}

	/// Waits for the connection's lock, so not for an event loop.
	void reset(RedisFailure cause) {
		this.last.set(this.scheduler.nanoTime());
		succeeded();
		Counter.builder(Meters.REDIS_RESETS.id()).tag("cause", cause.tag()).register(this.meters).increment();
		logger.atWarn().addKeyValue(LogKeys.REASON, cause.tag()).log("redis connection reset: {}", cause.tag());
		this.connection.run();
	}

	private @Nullable RedisFailure unlessTooSoon(RedisFailure cause) {
		return (this.scheduler.nanoTime() - this.last.get() >= INTERVAL) ? cause : null;
	}

}
