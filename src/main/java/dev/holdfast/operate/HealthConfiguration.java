package dev.holdfast.operate;

import dev.holdfast.telemetry.Conditions;

import org.springframework.boot.health.contributor.HealthIndicator;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;

/// What `/actuator/health` says.
@Configuration(proxyBeanMethods = false)
class HealthConfiguration {

	@Bean
	HealthIndicator holdfastHealthIndicator(Conditions conditions) {
		return new ConditionsHealth(conditions);
	}

}
