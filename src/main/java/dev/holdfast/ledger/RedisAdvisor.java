package dev.holdfast.ledger;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicBoolean;

import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

import org.springframework.context.SmartLifecycle;

import dev.holdfast.schedule.Scheduler;
import dev.holdfast.telemetry.Condition;
import dev.holdfast.telemetry.Conditions;
import dev.holdfast.telemetry.LogKeys;

/// Says where Redis is set up so that it may forget: at the start, and then every
/// minute. It changes nothing, and keeps the [RedisVitals] as well. What Redis does not
/// let it see, it says once that it cannot tell.
final class RedisAdvisor implements SmartLifecycle {

	private static final Logger logger = LoggerFactory.getLogger(RedisAdvisor.class);

	private static final Duration INTERVAL = Duration.ofMinutes(1);

	private static final int SENTINELS = 3;

	private final RedisView redis;

	private final RedisVitals vitals;

	private final RedisLink link;

	private final Scheduler scheduler;

	private final Conditions conditions;

	private final AtomicBoolean told = new AtomicBoolean();

	private volatile Scheduler.@Nullable Task task;

	private volatile boolean running;

	RedisAdvisor(RedisView redis, RedisVitals vitals, RedisLink link, Scheduler scheduler, Conditions conditions) {
		this.redis = redis;
		this.vitals = vitals;
		this.link = link;
		this.scheduler = scheduler;
		this.conditions = conditions;
	}

	/// One look.
	/// @return whether Redis answered
	boolean look() {
		List<String> missing = new ArrayList<>();
		List<String> untold = new ArrayList<>();
		try {
			this.link.call("advise", () -> {
				this.vitals.look(this.redis);
				eviction(missing, untold);
				persistence(missing, untold);
				replicas(missing, untold);
				return true;
			});
			if (this.redis.usesSentinels()) {
				sentinels(missing, untold);
			}
		}
		catch (LedgerException ex) {
			logger.atDebug().setCause(ex).log("redis not looked at");
			return false;
		}
		tell(missing, untold);
		return true;
	}

	private void eviction(List<String> missing, List<String> untold) {
		String policy = this.redis.info("memory", "maxmemory_policy");
		if (policy == null) {
			untold.add("maxmemory-policy");
		}
		else if (!policy.equals("noeviction")) {
			missing
				.add("it may evict what was handled, which repeats deliveries: set maxmemory-policy noeviction (it is "
						+ policy + ")");
		}
	}

	private void persistence(List<String> missing, List<String> untold) {
		String appendOnly = this.redis.info("persistence", "aof_enabled");
		if ("1".equals(appendOnly)) {
			return;
		}
		String save = this.redis.setting("save");
		if (appendOnly == null || save == null) {
			untold.add("persistence");
		}
		else if (save.isBlank()) {
			missing.add("it forgets everything at a restart: set appendonly yes");
		}
	}

	private void replicas(List<String> missing, List<String> untold) {
		String replicas = this.redis.info("replication", "connected_slaves");
		if (replicas == null) {
			untold.add("replicas");
		}
		else if (replicas.equals("0")) {
			missing.add("no replica is connected, so nothing can take over: add one");
		}
	}

	private void sentinels(List<String> missing, List<String> untold) {
		Integer sentinels = this.redis.sentinels();
		if (sentinels == null) {
			untold.add("Sentinels");
		}
		else if (sentinels < SENTINELS) {
			missing.add("only " + sentinels + " Sentinel(s) know each other, too few to agree on a failover: run "
					+ SENTINELS + " on different machines");
		}
	}

	private void tell(List<String> missing, List<String> untold) {
		if (missing.isEmpty()) {
			this.conditions.clear(Condition.REDIS_AT_RISK);
		}
		else {
			this.conditions.raise(Condition.REDIS_AT_RISK, "Redis is at risk: " + String.join("; ", missing) + ".");
		}
		if (!untold.isEmpty() && this.told.compareAndSet(false, true)) {
			logger.atInfo()
				.addKeyValue(LogKeys.DETAIL, String.join(", ", untold))
				.log("cannot tell how redis is set up: {}", String.join(", ", untold));
		}
	}

	private void lookAndAgain() {
		Duration next = look() ? INTERVAL : RedisLink.PROBE_INTERVAL;
		if (this.running) {
			this.task = this.scheduler.after(next, "redis-advisor", this::lookAndAgain);
		}
	}

	@Override
	public void start() {
		this.running = true;
		this.task = this.scheduler.start("redis-advisor", this::lookAndAgain);
	}

	@Override
	public void stop() {
		this.running = false;
		Scheduler.Task current = this.task;
		if (current != null) {
			current.cancel();
		}
	}

	@Override
	public boolean isRunning() {
		return this.running;
	}

	@Override
	public int getPhase() {
		return RedisLink.PHASE;
	}

}
