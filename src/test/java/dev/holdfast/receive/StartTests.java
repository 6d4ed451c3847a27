package dev.holdfast.receive;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

import org.springframework.boot.SpringApplication;
import org.springframework.boot.test.system.CapturedOutput;
import org.springframework.boot.test.system.OutputCaptureExtension;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatException;

@ExtendWith(OutputCaptureExtension.class)
class StartTests {

	@Test
	void doesNotStartWithoutASecretAndSaysHowToSetOne(CapturedOutput output) {
		refusesToStart("--holdfast.receive.secret=");
		assertThat(output).contains("APPLICATION FAILED TO START", "SHOPIFY_WEBHOOK_SECRET",
				"holdfast.receive.secrets-directory");
	}

	@Test
	void doesNotStartWithALimitThatTheHeapCannotHold(CapturedOutput output) {
		refusesToStart("--holdfast.receive.secret=" + Edge.SECRET, "--holdfast.receive.max-body=1TB");
		assertThat(output).contains("APPLICATION FAILED TO START", "holdfast.receive.max-body")
			.doesNotContain(Edge.SECRET);
	}

	private static void refusesToStart(String... arguments) {
		SpringApplication application = new SpringApplication(EdgeApplication.class);
		application.setDefaultProperties(java.util.Map.of("server.port", "0", "server.address", "127.0.0.1"));
		assertThatException().isThrownBy(() -> application.run(arguments).close());
	}

}
