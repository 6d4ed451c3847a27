package dev.holdfast.telemetry;

import java.util.EnumMap;
import java.util.EnumSet;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;

import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// The conditions that hold now. Raising one that holds, or clearing one that does not, is
/// nothing; each change is logged once.
public final class Conditions {

	private static final Logger logger = LoggerFactory.getLogger(Conditions.class);

	private static final Set<Condition> ORDINARY = EnumSet.of(Condition.STARTING, Condition.DRAINING);

	private final Map<Condition, String> holding = new ConcurrentHashMap<>();

	public Conditions(MeterRegistry meters) {
		for (Condition condition : Condition.values()) {
			Gauge.builder(Meters.CONDITION.id(), () -> this.holding.containsKey(condition) ? 1 : 0)
				.tag("condition", tag(condition))
				.register(meters);
		}
	}

	/// @param detail what a person needs to know, and do, in one sentence
	public void raise(Condition condition, String detail) {
		String before = this.holding.put(condition, detail);
		if (before == null) {
			(ORDINARY.contains(condition) ? logger.atInfo() : logger.atWarn())
				.addKeyValue(LogKeys.CONDITION, tag(condition))
				.addKeyValue(LogKeys.DETAIL, detail)
				.log("condition raised: {}", detail);
		}
	}

	public void clear(Condition condition) {
		if (this.holding.remove(condition) != null) {
			logger.atInfo().addKeyValue(LogKeys.CONDITION, tag(condition)).log("condition cleared: {}", tag(condition));
		}
	}

	public boolean holds(Condition condition) {
		return this.holding.containsKey(condition);
	}

	/// The conditions that hold, with their details.
	public Map<Condition, String> holding() {
		Map<Condition, String> snapshot = new EnumMap<>(Condition.class);
		snapshot.putAll(this.holding);
		return snapshot;
	}

	/// The condition's name in tags, logs and health.
	public static String tag(Condition condition) {
		return condition.name().toLowerCase(java.util.Locale.ROOT).replace('_', '-');
	}

}
