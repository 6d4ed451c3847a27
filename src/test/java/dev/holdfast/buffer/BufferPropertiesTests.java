package dev.holdfast.buffer;

import java.time.Duration;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.springframework.boot.autoconfigure.AutoConfigurations;
import org.springframework.boot.context.properties.EnableConfigurationProperties;
import org.springframework.boot.test.context.runner.ApplicationContextRunner;
import org.springframework.boot.validation.autoconfigure.ValidationAutoConfiguration;
import org.springframework.context.annotation.Configuration;

import static org.assertj.core.api.Assertions.assertThat;

class BufferPropertiesTests {

	private final ApplicationContextRunner runner = new ApplicationContextRunner()
		.withConfiguration(AutoConfigurations.of(ValidationAutoConfiguration.class))
		.withUserConfiguration(Settings.class);

	@Test
	void waitsForCompanyForFiveMilliseconds() {
		this.runner.run((context) -> assertThat(context.getBean(BufferProperties.class))
			.isEqualTo(new BufferProperties(256, Duration.ofMillis(5))));
	}

	@ParameterizedTest
	@CsvSource({ "put-interval=1001ms, 1 second", "put-interval=-1ms, 0", "max-deliveries=0, 1",
			"max-deliveries=257, 256" })
	void saysWhatIsTooLittleOrTooMuch(String setting, String bound) {
		this.runner.withPropertyValues("holdfast.buffer." + setting)
			.run((context) -> assertThat(context).getFailure().rootCause().hasMessageContaining("equal to " + bound));
	}

	@ParameterizedTest
	@CsvSource({ "0s, 0", "1s, 1000" })
	void takesTheBounds(String interval, long millis) {
		this.runner.withPropertyValues("holdfast.buffer.put-interval=" + interval)
			.run((context) -> assertThat(context.getBean(BufferProperties.class).putInterval())
				.isEqualTo(Duration.ofMillis(millis)));
	}

	@Configuration(proxyBeanMethods = false)
	@EnableConfigurationProperties(BufferProperties.class)
	static class Settings {

	}

}
