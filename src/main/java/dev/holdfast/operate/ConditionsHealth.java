package dev.holdfast.operate;

import java.util.Map;

import dev.holdfast.telemetry.Condition;
import dev.holdfast.telemetry.Condition.Severity;
import dev.holdfast.telemetry.Conditions;

import org.springframework.boot.health.contributor.Health;
import org.springframework.boot.health.contributor.HealthIndicator;
import org.springframework.boot.health.contributor.Status;

/// Says what the gravest condition that holds makes of this replica: `OUT_OF_SERVICE`
/// (503), `DEGRADED` (200: it can still acknowledge) or `UP`. It answers from memory.
final class ConditionsHealth implements HealthIndicator {

	static final Status DEGRADED = new Status("DEGRADED");

	private final Conditions conditions;

	ConditionsHealth(Conditions conditions) {
		this.conditions = conditions;
	}

	@Override
	public Health health() {
		Map<Condition, String> holding = this.conditions.holding();
		Severity gravest = holding.keySet()
			.stream()
			.map(Condition::severity)
			.max(Severity::compareTo)
			.orElse(Severity.NOTICE);
		Health.Builder health = Health.status(status(gravest));
		holding.forEach((condition, detail) -> health.withDetail(Conditions.tag(condition), detail));
		return health.build();
	}

	private static Status status(Severity severity) {
		return switch (severity) {
			case NOTICE -> Status.UP;
			case DEGRADED -> DEGRADED;
			case OUT_OF_SERVICE -> Status.OUT_OF_SERVICE;
		};
	}

}
