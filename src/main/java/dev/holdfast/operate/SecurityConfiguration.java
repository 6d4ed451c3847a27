package dev.holdfast.operate;

import dev.holdfast.schedule.Scheduler;
import dev.holdfast.telemetry.LogKeys;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

import org.springframework.beans.factory.ObjectProvider;
import org.springframework.beans.factory.config.BeanPostProcessor;
import org.springframework.boot.actuate.autoconfigure.endpoint.web.WebEndpointProperties;
import org.springframework.boot.web.servlet.DelegatingFilterProxyRegistrationBean;
import org.springframework.boot.webmvc.autoconfigure.DispatcherServletPath;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.security.config.annotation.web.builders.HttpSecurity;
import org.springframework.security.config.annotation.web.configurers.AbstractHttpConfigurer;
import org.springframework.security.config.http.SessionCreationPolicy;
import org.springframework.security.web.SecurityFilterChain;

/// Health is open; every other actuator endpoint needs the operator's credentials.
@Configuration(proxyBeanMethods = false)
class SecurityConfiguration {

	private static final Logger logger = LoggerFactory.getLogger(SecurityConfiguration.class);

	/// Keeps security away from `/webhook`, whose requests carry their own proof: the
	/// filter is mapped to the actuator's path alone. The container maps it by the
	/// decoded and normalised path, so that no spelling of an endpoint's path goes
	/// around it.
	@Bean
	static BeanPostProcessor securityFilterMapping(ObjectProvider<DispatcherServletPath> servlet,
			ObjectProvider<WebEndpointProperties> endpoints) {
		return new BeanPostProcessor() {

			@Override
			public Object postProcessBeforeInitialization(Object bean, String name) {
				if (bean instanceof DelegatingFilterProxyRegistrationBean registration) {
					registration.addUrlPatterns(
							servlet.getObject().getRelativePath(endpoints.getObject().getBasePath()) + "/*");
				}
				return bean;
			}

		};
	}

	/// Has no path of its own: whatever reaches the filter is refused unless it is named
	/// here.
	@Bean
	SecurityFilterChain actuatorSecurity(HttpSecurity http, WebEndpointProperties endpoints) {
		String health = endpoints.getBasePath() + "/health";
		return http
			.authorizeHttpRequests(
					(requests) -> requests.requestMatchers(health, health + "/liveness", health + "/readiness")
						.permitAll()
						.anyRequest()
						.authenticated())
			.httpBasic((basic) -> basic.realmName("holdfast"))
			.sessionManagement((sessions) -> sessions.sessionCreationPolicy(SessionCreationPolicy.STATELESS))
			.csrf(AbstractHttpConfigurer::disable)
			.requestCache(AbstractHttpConfigurer::disable)
			.logout(AbstractHttpConfigurer::disable)
			.build();
	}

	@Bean
	OperatorAuthentication operatorAuthentication(OperateProperties properties, Scheduler scheduler) {
		if (properties.password() == null) {
			logger.atInfo()
				.addKeyValue(LogKeys.SETTING, "holdfast.operate.password")
				.log("actuator endpoints other than health are closed; holdfast.operate.password opens them");
		}
		return new OperatorAuthentication(properties, scheduler);
	}

}
