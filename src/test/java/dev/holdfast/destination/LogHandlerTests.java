package dev.holdfast.destination;

import java.nio.charset.StandardCharsets;
import java.time.Duration;

import dev.holdfast.delivery.Delivery;
import dev.holdfast.delivery.Headers;
import dev.holdfast.process.Attempt;
import dev.holdfast.process.Outcome;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

import org.springframework.boot.test.system.CapturedOutput;
import org.springframework.boot.test.system.OutputCaptureExtension;

import static org.assertj.core.api.Assertions.assertThat;

@ExtendWith(OutputCaptureExtension.class)
class LogHandlerTests {

	@Test
	void logsOneLineWithNothingOfThePayload(CapturedOutput output) {
		Delivery delivery = Delivery.of(
				Headers.of("X-Shopify-Topic", "orders/create", "X-Shopify-Shop-Domain", "forged\nline",
						"X-Shopify-Name", "jane@example.com"),
				"{\"email\":\"jane@example.com\"}".getBytes(StandardCharsets.UTF_8));
		assertThat(new LogHandler().handle(new Attempt(delivery, "key", 2, Duration.ofSeconds(1))))
			.isEqualTo(Outcome.handled());
		assertThat(output.getOut()).contains("delivery handled").doesNotContain("jane", "forged");
	}

}
