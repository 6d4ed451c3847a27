package dev.holdfast.destination;

import java.net.URI;
import java.time.Duration;
import java.util.Arrays;
import java.util.Map;
import java.util.Set;

import dev.holdfast.process.DeliveryHandler;
import dev.holdfast.schedule.Scheduler;
import dev.holdfast.schedule.SystemScheduler;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

import org.springframework.boot.context.properties.EnableConfigurationProperties;
import org.springframework.boot.test.context.runner.ApplicationContextRunner;
import org.springframework.core.env.SystemEnvironmentPropertySource;

import static org.assertj.core.api.Assertions.assertThat;

class DestinationConfigurationTests {

	private final ApplicationContextRunner runner = new ApplicationContextRunner()
		.withUserConfiguration(DestinationConfiguration.class, Properties.class)
		.withBean(Scheduler.class, SystemScheduler::new);

	@Test
	void hasNoHandlerWithoutSettings() {
		this.runner.run((context) -> assertThat(context).doesNotHaveBean(DeliveryHandler.class));
	}

	@Test
	void makesAHandlerOfEachEntry() {
		this.runner
			.withPropertyValues("holdfast.http.orders.url=https://example.com/in?key=1",
					"holdfast.http.orders.topics=orders/*, refunds/create", "holdfast.http.orders.timeout=3s",
					"holdfast.http.all-the-rest.url=http://[::1]:8090")
			.run((context) -> {
				Map<String, DeliveryHandler> handlers = context.getBeansOfType(DeliveryHandler.class);
				assertThat(handlers).containsOnlyKeys("httpDestination.orders", "httpDestination.all-the-rest");
				DeliveryHandler orders = handlers.get("httpDestination.orders");
				assertThat(orders.name()).isEqualTo("orders");
				assertThat(orders.topics()).containsExactlyInAnyOrder("orders/*", "refunds/create");
				assertThat(handlers.get("httpDestination.all-the-rest").topics()).containsExactly("*");
			});
	}

	@Test
	void takesEnvironmentVariables() {
		Map<String, Object> variables = Map.of("HOLDFAST_HTTP_ORDERS_URL", "https://example.com/in",
				"HOLDFAST_HTTP_ORDERS_TOPICS", "orders/create,orders/updated", "HOLDFAST_HTTP_ORDERS_TIMEOUT", "5s",
				"HOLDFAST_LOG_ENABLED", "true");
		this.runner
			.withInitializer((context) -> context.getEnvironment()
				.getPropertySources()
				.addFirst(new SystemEnvironmentPropertySource("test-systemEnvironment", variables)))
			.run((context) -> {
				assertThat(context.getBeansOfType(DeliveryHandler.class)).containsOnlyKeys("httpDestination.orders",
						"logHandler");
				DestinationProperties.Http orders = context.getBean(DestinationProperties.class).http().get("orders");
				assertThat(orders.url()).isEqualTo(URI.create("https://example.com/in"));
				assertThat(orders.topics()).containsExactlyInAnyOrder("orders/create", "orders/updated");
				assertThat(orders.timeout()).isEqualTo(Duration.ofSeconds(5));
			});
	}

	@Test
	void logsDeliveriesOnlyWhenToldTo() {
		this.runner.withPropertyValues("holdfast.log.enabled=true")
			.run((context) -> assertThat(context).hasSingleBean(LogHandler.class));
	}

	@ParameterizedTest
	@CsvSource(delimiter = '|', quoteCharacter = '"',
			value = { "orders.url=/webhooks|write an absolute URL such as https://example.com/webhooks",
					"orders.url=ftp://example.com/|write an absolute URL", "orders.url=https:example|an absolute URL",
					"orders.url=https://user:secret@example.com/|leave out 'user:password@'",
					"orders.url=https://example.com/#x|leave out '#'",
					"orders.topics=orders/create|set holdfast.http.<name>.url",
					"a.b.url=https://example.com|set holdfast.http.<name>.url",
					"orders.url=https://example.com,orders.topics=orders create|write topics such as",
					"orders.url=https://example.com,orders.topics=*/create|write topics such as",
					"orders.url=https://example.com,orders.timeout=0s|write a time over zero such as 10s",
					"orders.url=https://example.com,orders.timeout=-1s|write a time over zero such as 10s",
					"log.url=https://example.com|'log' is a handler already",
					"[or/ders].url=https://example.com|choose a name of 1 to 32 letters",
					"a23456789012345678901234567890123.url=https://example.com|choose a name of 1 to 32 letters" })
	void saysWhatToDoAboutAWrongSetting(String settings, String message) {
		this.runner
			.withPropertyValues(settings.lines()
				.flatMap((line) -> java.util.Arrays.stream(line.split(",")))
				.map((setting) -> "holdfast.http." + setting)
				.map((setting) -> setting.replace("holdfast.http.[", "holdfast.http["))
				.toArray(String[]::new))
			.run((context) -> assertThat(context).getFailure().rootCause().hasMessageContaining(message));
	}

	@Test
	void keepsTokensInAUrlToItself() {
		DestinationProperties.Http http = new DestinationProperties.Http(
				URI.create("https://example.com/hook/s3cret?token=s3cret"), Set.of("*"), Duration.ofSeconds(1));
		assertThat(http).hasToString("Http[https://example.com, [*], PT1S]");
	}

	@EnableConfigurationProperties(DestinationProperties.class)
	static class Properties {

	}

}
