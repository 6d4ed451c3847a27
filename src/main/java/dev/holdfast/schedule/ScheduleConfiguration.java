package dev.holdfast.schedule;

import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;

/// The machine's clock and threads for all parts.
@Configuration(proxyBeanMethods = false)
class ScheduleConfiguration {

	@Bean
	SystemScheduler scheduler() {
		return new SystemScheduler();
	}

}
