package dev.holdfast.telemetry;

import java.util.Arrays;
import java.util.Map;
import java.util.stream.Collectors;

import io.micrometer.core.instrument.Meter;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Tags;
import io.micrometer.core.instrument.config.MeterFilter;

import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;

/// What all parts of a replica share: its conditions, and what its meters mean.
@Configuration(proxyBeanMethods = false)
class TelemetryConfiguration {

	/// Gives each meter its meaning, which Prometheus shows as HELP.
	@Bean
	MeterFilter meanings() {
		Map<String, String> meanings = Arrays.stream(Meters.values())
			.collect(Collectors.toMap(Meters::id, Meters::meaning));
		return new MeterFilter() {

			@Override
			public Meter.Id map(Meter.Id id) {
				String meaning = meanings.get(id.getName());
				return (meaning == null) ? id : new Meter.Id(id.getName(), Tags.of(id.getTagsAsIterable()),
						id.getBaseUnit(), meaning, id.getType());
			}

		};
	}

	@Bean
	Conditions conditions(MeterRegistry meters) {
		return new Conditions(meters);
	}

}
