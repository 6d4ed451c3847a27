package dev.holdfast.docs;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;

import com.example.orders.OrdersAutoConfiguration;
import dev.holdfast.delivery.Delivery;
import dev.holdfast.delivery.Headers;
import dev.holdfast.process.Attempt;
import dev.holdfast.process.DeliveryHandler;
import dev.holdfast.process.Outcome;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import org.springframework.boot.autoconfigure.AutoConfigurations;
import org.springframework.boot.test.context.runner.ApplicationContextRunner;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

/// The README's handler compiles, becomes a bean and handles.
class HandlerExampleTests {

	private static final Path SOURCES = Path.of("src", "test", "java", "com", "example", "orders");

	@ParameterizedTest
	@ValueSource(strings = { "OrderHandler", "OrdersAutoConfiguration" })
	void isTheCodeThatIsTested(String name) throws IOException {
		assertThat(Markdown.of("README.md").blocks("java")).contains(Files.readString(SOURCES.resolve(name + ".java")));
	}

	@Test
	void becomesABeanByAutoConfigurationAndHandles() {
		new ApplicationContextRunner().withConfiguration(AutoConfigurations.of(OrdersAutoConfiguration.class))
			.run((context) -> {
				DeliveryHandler handler = context.getBean(DeliveryHandler.class);
				assertThat(handler.handle(attempt("{\"id\":5396140485153}"))).isEqualTo(Outcome.handled());
				assertThat(handler.handle(attempt("{}"))).isInstanceOf(Outcome.Dead.class);
			});
	}

	private static Attempt attempt(String body) {
		Headers headers = Headers.of("X-Shopify-Topic", "orders/create", "X-Shopify-Shop-Domain", "a.myshopify.com");
		return new Attempt(Delivery.of(headers, body.getBytes(UTF_8)), "key.0", 1, Duration.ofSeconds(1));
	}

}
