package dev.holdfast.operate;

import dev.holdfast.telemetry.Condition;
import dev.holdfast.telemetry.Conditions;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

import org.springframework.boot.health.contributor.Status;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.entry;

class ConditionsHealthTests {

	private final Conditions conditions = new Conditions(new SimpleMeterRegistry());

	private final ConditionsHealth health = new ConditionsHealth(this.conditions);

	@Test
	void isUpWithoutConditions() {
		assertThat(this.health.health().getStatus()).isEqualTo(Status.UP);
		assertThat(this.health.health().getDetails()).isEmpty();
	}

	@ParameterizedTest
	@EnumSource
	void isAsBadAsTheOneConditionThatHolds(Condition condition) {
		this.conditions.raise(condition, "what to do");
		assertThat(this.health.health().getStatus()).isEqualTo(switch (condition.severity()) {
			case NOTICE -> Status.UP;
			case DEGRADED -> ConditionsHealth.DEGRADED;
			case OUT_OF_SERVICE -> Status.OUT_OF_SERVICE;
		});
		assertThat(this.health.health().getDetails())
			.containsExactly(entry(Conditions.tag(condition), (Object) "what to do"));
	}

	@Test
	void isAsBadAsTheWorstConditionThatHolds() {
		this.conditions.raise(Condition.BUCKET_VERSIONED, "a");
		this.conditions.raise(Condition.REDIS_DOWN, "b");
		assertThat(this.health.health().getStatus()).isEqualTo(ConditionsHealth.DEGRADED);
		this.conditions.raise(Condition.STORE_DOWN, "c");
		assertThat(this.health.health().getStatus()).isEqualTo(Status.OUT_OF_SERVICE);
		assertThat(this.health.health().getDetails()).hasSize(3);
		this.conditions.clear(Condition.STORE_DOWN);
		assertThat(this.health.health().getStatus()).isEqualTo(ConditionsHealth.DEGRADED);
	}

}
