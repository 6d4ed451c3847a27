package dev.holdfast.ledger;

import java.security.GeneralSecurityException;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Supplier;

import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Timer;
import org.jspecify.annotations.Nullable;

import org.springframework.context.SmartLifecycle;
import org.springframework.core.NestedExceptionUtils;
import org.springframework.data.redis.core.StringRedisTemplate;
import org.springframework.data.redis.core.script.RedisScript;

import dev.holdfast.schedule.Scheduler;
import dev.holdfast.telemetry.Condition;
import dev.holdfast.telemetry.Conditions;
import dev.holdfast.telemetry.Meters;

/// The way to Redis, which is either open or closed.
///
/// Closed, every call fails at once. It is closed until a first probe succeeds, after five
/// failures in a row, and while the [Watchdog] resets the connection; then only the probe,
/// each second and in one thread, talks to Redis. So nobody but the probe waits for a
/// connection, and Redis may be absent when the application starts.
///
/// The probe is a script that writes: a replica, or a Redis that is full, answers a PING,
/// and one that lets this user run no scripts takes a SET.
final class RedisLink implements SmartLifecycle {

	/// Above the connection factory's 0: started after it, stopped before it.
	static final int PHASE = 1;

	static final Duration PROBE_INTERVAL = Duration.ofSeconds(1);

	private static final int FAILURES = 5;

	private static final int MAX_DETAIL = 200;

	private static final String TLS = " (is the certificate of Redis, and of each Sentinel, made for the address that "
			+ "is used, and its CA trusted? A CA of your own is set by spring.data.redis.ssl.bundle)";

	private final Runnable probe;

	private final Watchdog watchdog;

	private final Scheduler scheduler;

	private final Conditions conditions;

	private final MeterRegistry meters;

	private final ReentrantLock lock = new ReentrantLock();

	private final AtomicInteger failures = new AtomicInteger();

	private final AtomicBoolean suspecting = new AtomicBoolean();

	private volatile boolean available;

	private volatile boolean running;

	private Scheduler.@Nullable Task probing;

	/// A probe that leaves a key for a second.
	static Runnable probe(StringRedisTemplate template, String key) {
		RedisScript<?> write = RedisScript.of("redis.call('SET', KEYS[1], '1', 'PX', ARGV[1])");
		return () -> template.execute(write, List.of(key), Millis.of(Duration.ofSeconds(1)));
	}

	/// @param probe fails unless Redis takes a write
	RedisLink(Runnable probe, Watchdog watchdog, Scheduler scheduler, Conditions conditions, MeterRegistry meters) {
		this.probe = probe;
		this.watchdog = watchdog;
		this.scheduler = scheduler;
		this.conditions = conditions;
		this.meters = meters;
	}

	boolean isAvailable() {
		return this.available;
	}

	/// Runs one call.
	/// @param script its name in the timer
	<T extends @Nullable Object> T call(String script, Supplier<T> work) throws LedgerException {
		if (!this.available) {
			throw new LedgerException("Redis is unavailable");
		}
		try {
			T answer = timed(script, work);
			this.failures.set(0);
			this.watchdog.succeeded();
			return answer;
		}
		catch (RuntimeException ex) {
			RedisFailure failure = RedisFailure.of(ex);
			failed(failure);
			throw new LedgerException("Redis failed at " + script + ": " + failure.tag(), ex);
		}
	}

	private <T extends @Nullable Object> T timed(String script, Supplier<T> work) {
		Timer.Sample sample = Timer.start(this.meters);
		String outcome = "ok";
		try {
			return work.get();
		}
		catch (RuntimeException ex) {
			outcome = RedisFailure.of(ex).tag();
			throw ex;
		}
		finally {
			sample.stop(Timer.builder(Meters.REDIS.id())
				.tag("script", script)
				.tag("outcome", outcome)
				.register(this.meters));
		}
	}

	private void failed(RedisFailure failure) {
		if (failure == RedisFailure.INTERRUPTED) {
			return;
		}
		RedisFailure reset = this.watchdog.failed(failure);
		if (this.failures.incrementAndGet() >= FAILURES || reset != null) {
			close(reset);
		}
		else if (this.watchdog.isSuspicious() && this.suspecting.compareAndSet(false, true)) {
			this.scheduler.start("redis-suspect", this::suspect);
		}
	}

	/// After a time-out, asks until there is an answer or the connection is given up:
	/// where there is little to do, the calls that would show a frozen primary are far
	/// apart.
	private void suspect() {
		while (this.available && this.watchdog.isSuspicious()) {
			try {
				call("probe", () -> {
					this.probe.run();
					return true;
				});
			}
			catch (LedgerException ex) {
				// Counted, like any other.
			}
		}
		this.suspecting.set(false);
	}

	private void close(@Nullable RedisFailure reset) {
		this.lock.lock();
		try {
			if (this.available && this.running) {
				this.available = false;
				this.probing = this.scheduler.start("redis-probe", () -> probe(reset));
			}
		}
		finally {
			this.lock.unlock();
		}
	}

	private void probe(@Nullable RedisFailure reset) {
		try {
			if (reset != null) {
				this.watchdog.reset(reset);
			}
			timed("probe", () -> {
				this.probe.run();
				return true;
			});
			open();
		}
		catch (RuntimeException ex) {
			again(ex);
		}
	}

	private void open() {
		this.watchdog.succeeded();
		this.failures.set(0);
		this.lock.lock();
		try {
			if (this.running) {
				this.available = true;
				this.conditions.clear(Condition.REDIS_DOWN);
			}
		}
		finally {
			this.lock.unlock();
		}
	}

	private void again(RuntimeException thrown) {
		RedisFailure failure = RedisFailure.of(thrown);
		RedisFailure reset = this.watchdog.probeFailed(failure);
		this.lock.lock();
		try {
			if (this.running) {
				this.conditions.raise(Condition.REDIS_DOWN, detail(failure, thrown));
				this.probing = this.scheduler.after(PROBE_INTERVAL, "redis-probe", () -> probe(reset));
			}
		}
		finally {
			this.lock.unlock();
		}
	}

	private static String detail(RedisFailure failure, RuntimeException thrown) {
		String said = String.valueOf(NestedExceptionUtils.getMostSpecificCause(thrown).getMessage());
		return "Redis cannot be used (" + failure.tag() + "): processing pauses, receiving goes on. It said: "
				+ said.substring(0, Math.min(said.length(), MAX_DETAIL)) + (isTls(thrown) ? TLS : "");
	}

	private static boolean isTls(Throwable thrown) {
		return NestedExceptionUtils.getMostSpecificCause(thrown) instanceof GeneralSecurityException;
	}

	@Override
	public void start() {
		this.lock.lock();
		try {
			this.running = true;
			this.probing = this.scheduler.start("redis-probe", () -> probe(null));
		}
		finally {
			this.lock.unlock();
		}
	}

	@Override
	public void stop() {
		this.lock.lock();
		try {
			this.running = false;
			this.available = false;
			if (this.probing != null) {
				this.probing.cancel();
			}
		}
		finally {
			this.lock.unlock();
		}
	}

	@Override
	public boolean isRunning() {
		return this.running;
	}

	@Override
	public int getPhase() {
		return PHASE;
	}

}
