package dev.holdfast.receive;

import dev.holdfast.buffer.DeliveryBuffer;
import dev.holdfast.schedule.Scheduler;
import dev.holdfast.telemetry.Conditions;
import io.micrometer.core.instrument.MeterRegistry;

import org.springframework.boot.tomcat.servlet.TomcatServletWebServerFactory;
import org.springframework.boot.web.server.WebServerFactoryCustomizer;
import org.springframework.boot.web.servlet.FilterRegistrationBean;
import org.springframework.boot.web.servlet.ServletRegistrationBean;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.web.filter.RequestContextFilter;

/// The HTTP edge and its container.
@Configuration(proxyBeanMethods = false)
class ReceiveConfiguration {

	@Bean
	ReceiveLimits receiveLimits(ReceiveProperties properties) {
		long budget = Runtime.getRuntime().maxMemory() / 4;
		long maxBody = properties.maxBody().toBytes();
		if (maxBody < 1 || maxBody > budget || maxBody > Integer.MAX_VALUE - 8) {
			throw new UnusableSettingException(
					"holdfast.receive.max-body is " + maxBody
							+ " bytes; bodies together may take a quarter of the heap, " + budget + " bytes.",
					"Give the JVM a heap of at least four times holdfast.receive.max-body, or set that lower.");
		}
		return new ReceiveLimits(properties.maxConcurrent(), budget);
	}

	@Bean
	BodyReader bodyReader(ReceiveProperties properties) {
		return new BodyReader(properties.maxBody().toBytes());
	}

	@Bean(initMethod = "start")
	SecretSource secretSource(ReceiveProperties properties, Scheduler scheduler, Conditions conditions) {
		return new SecretSource(properties.secret(), properties.secretsDirectory(), scheduler, conditions);
	}

	@Bean
	ReceiveMeters receiveMeters(MeterRegistry registry, ReceiveLimits limits) {
		return new ReceiveMeters(registry, limits);
	}

	@Bean
	RefusalWatch refusalWatch(Scheduler scheduler, Conditions conditions) {
		return new RefusalWatch(scheduler, conditions);
	}

	@Bean
	EdgeAlerts edgeAlerts(Scheduler scheduler) {
		return new EdgeAlerts(scheduler);
	}

	/// Beside Spring MVC, which serves the actuator: nothing there may touch a body,
	/// and it would take a seventh of the CPU of a webhook.
	@Bean
	ServletRegistrationBean<WebhookServlet> webhook(ReceiveLimits limits, BodyReader reader, SecretSource secrets,
			DeliveryBuffer buffer, Scheduler scheduler, ReceiveMeters meters, RefusalWatch watch, EdgeAlerts alerts) {
		return new ServletRegistrationBean<>(
				new WebhookServlet(limits, reader, secrets, buffer, scheduler, meters, watch, alerts),
				WebhookServlet.PATH);
	}

	/// Nothing asks for the current request from afar.
	@Bean
	FilterRegistrationBean<RequestContextFilter> requestContextFilter() {
		FilterRegistrationBean<RequestContextFilter> filter = new FilterRegistrationBean<>(new RequestContextFilter());
		filter.setEnabled(false);
		return filter;
	}

	@Bean
	WebServerFactoryCustomizer<TomcatServletWebServerFactory> edgeContainer(ReceiveMeters meters, EdgeAlerts alerts) {
		return new EdgeContainer(() -> {
			meters.closed();
			alerts.closed();
		});
	}

}
