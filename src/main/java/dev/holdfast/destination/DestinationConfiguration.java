package dev.holdfast.destination;

import java.util.Map;

import dev.holdfast.schedule.Scheduler;

import org.springframework.beans.factory.BeanRegistrar;
import org.springframework.beans.factory.BeanRegistry;
import org.springframework.boot.autoconfigure.condition.ConditionalOnBooleanProperty;
import org.springframework.boot.context.properties.bind.Bindable;
import org.springframework.boot.context.properties.source.InvalidConfigurationPropertyValueException;
import org.springframework.boot.context.properties.bind.Binder;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.context.annotation.Import;
import org.springframework.core.env.Environment;

/// One bean for each configured handler.
@Configuration(proxyBeanMethods = false)
@Import(DestinationConfiguration.HttpDestinations.class)
class DestinationConfiguration {

	@Bean
	@ConditionalOnBooleanProperty("holdfast.log.enabled")
	LogHandler logHandler() {
		return new LogHandler();
	}

	/// Registers `httpDestination.<name>` for each entry of `holdfast.http`.
	static final class HttpDestinations implements BeanRegistrar {

		@Override
		public void register(BeanRegistry registry, Environment environment) {
			Binder.get(environment)
				.bind("holdfast.http", Bindable.mapOf(String.class, Object.class))
				.orElseGet(Map::of)
				.keySet()
				.forEach((name) -> register(registry, name));
		}

		private void register(BeanRegistry registry, String name) {
			registry.registerBean("httpDestination." + name, HttpDestination.class,
					(bean) -> bean.supplier((beans) -> new HttpDestination(name,
							properties(beans.bean(DestinationProperties.class), name), beans.bean(Scheduler.class))));
		}

		private DestinationProperties.Http properties(DestinationProperties properties, String name) {
			DestinationProperties.Http http = properties.http().get(name);
			if (http == null) {
				throw new InvalidConfigurationPropertyValueException("holdfast.http." + name + ".url", null,
						DestinationProperties.Http.NO_URL);
			}
			return http;
		}

	}

}
