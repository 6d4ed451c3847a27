package dev.holdfast.delivery;

import java.time.Instant;

import dev.holdfast.delivery.Envelope.Failure;
import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;

/// What a handler says may be anything, and becomes a header, a tag and a log line.
class EnvelopeTests {

	@Test
	void keepsAWordForAReasonWhateverItWas() {
		assertThat(reason("attempts-exhausted")).isEqualTo("attempts-exhausted");
		assertThat(reason("no\r\nway: \u4eac")).isEqualTo("no--way---");
		assertThat(reason("")).isEqualTo("unknown");
	}

	private static String reason(String said) {
		return new Failure(Instant.EPOCH, said, "").reason();
	}

	@Test
	void keepsTheBeginningOfWhatIsLong() {
		Failure failure = new Failure(Instant.EPOCH, "r".repeat(1000), "e".repeat(1000));
		assertThat(failure.reason()).hasSize(64);
		assertThat(failure.error()).hasSize(200);
	}

	@Test
	void keepsAnErrorInPrintableAscii() {
		assertThat(new Failure(Instant.EPOCH, "failed", " Gr\u00f6\u00dfe\n").error()).isEqualTo("Gr??e?");
	}

}
