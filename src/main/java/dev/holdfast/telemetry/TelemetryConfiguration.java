package dev.holdfast.telemetry;

import io.micrometer.core.instrument.MeterRegistry;

import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;

/// The conditions of this replica, one set for all parts.
@Configuration(proxyBeanMethods = false)
class TelemetryConfiguration {

	@Bean
	Conditions conditions(MeterRegistry meters) {
		return new Conditions(meters);
	}

}
