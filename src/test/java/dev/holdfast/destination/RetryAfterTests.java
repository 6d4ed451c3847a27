package dev.holdfast.destination;

import java.time.Duration;
import java.time.Instant;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

import static org.assertj.core.api.Assertions.assertThat;

class RetryAfterTests {

	private static final Instant NOW = Instant.parse("2026-11-20T02:19:29Z");

	@ParameterizedTest
	@CsvSource(delimiter = '|', value = { "1|PT1S", "120|PT2M", "3600|PT1H", "3601|PT1H", "999999999999999999|PT1H",
			"Fri, 20 Nov 2026 02:19:59 GMT|PT30S", "Sat, 21 Nov 2026 02:19:29 GMT|PT1H" })
	void waitsForSecondsOrUntilADateAtMostAnHour(String value, Duration wait) {
		assertThat(RetryAfter.parse(value, NOW)).isEqualTo(wait);
	}

	@ParameterizedTest
	@ValueSource(strings = { "", "0", "-5", "1.5", "+3", "soon", "99999999999999999999999", "12 s",
			"Fri, 20 Nov 2026 02:19:29 GMT", "Fri, 20 Nov 2020 02:19:29 GMT", "Mon, 20 Nov 2026 02:19:59 GMT",
			"2026-11-20T02:19:59Z", "\u0661\u0662" })
	void ignoresWhatIsPastOrUnreadable(String value) {
		assertThat(RetryAfter.parse(value, NOW)).isNull();
	}

}
