package dev.holdfast.receive;

import dev.holdfast.schedule.Scheduler;
import dev.holdfast.telemetry.Conditions;

import org.springframework.boot.autoconfigure.EnableAutoConfiguration;
import org.springframework.boot.context.properties.EnableConfigurationProperties;
import org.springframework.boot.data.redis.autoconfigure.DataRedisAutoConfiguration;
import org.springframework.boot.data.redis.autoconfigure.DataRedisReactiveAutoConfiguration;
import org.springframework.boot.data.redis.autoconfigure.DataRedisRepositoriesAutoConfiguration;
import org.springframework.boot.security.autoconfigure.SecurityAutoConfiguration;
import org.springframework.boot.security.autoconfigure.UserDetailsServiceAutoConfiguration;
import org.springframework.boot.security.autoconfigure.actuate.web.servlet.ManagementWebSecurityAutoConfiguration;
import org.springframework.boot.security.autoconfigure.web.servlet.SecurityFilterAutoConfiguration;
import org.springframework.boot.security.autoconfigure.web.servlet.ServletWebSecurityAutoConfiguration;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.ComponentScan;

/// The edge alone: no security, no Redis, and a fake buffer.
@EnableAutoConfiguration(exclude = { SecurityAutoConfiguration.class, UserDetailsServiceAutoConfiguration.class,
		ManagementWebSecurityAutoConfiguration.class, SecurityFilterAutoConfiguration.class,
		ServletWebSecurityAutoConfiguration.class, DataRedisAutoConfiguration.class,
		DataRedisReactiveAutoConfiguration.class, DataRedisRepositoriesAutoConfiguration.class })
@ComponentScan(basePackageClasses = { WebhookServlet.class, Conditions.class, Scheduler.class })
@EnableConfigurationProperties(ReceiveProperties.class)
class EdgeApplication {

	@Bean
	FakeBuffer deliveryBuffer() {
		return new FakeBuffer();
	}

}
