package dev.holdfast.operate;

import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

import org.springframework.boot.SpringApplication;
import org.springframework.boot.test.system.CapturedOutput;
import org.springframework.boot.test.system.OutputCaptureExtension;
import org.springframework.context.ConfigurableApplicationContext;

import static org.assertj.core.api.Assertions.assertThat;

/// Without a password, and with the actuator at another path.
@ExtendWith(OutputCaptureExtension.class)
class ClosedOperateTests {

	@Test
	void isClosedUntilAPasswordIsSetWhereverTheEndpointsAre(CapturedOutput output) throws Exception {
		try (ConfigurableApplicationContext application = SpringApplication.run(OperateTests.TestApplication.class,
				"--server.port=0", "--server.address=127.0.0.1", "--spring.mvc.servlet.path=/app",
				"--management.endpoints.web.base-path=/manage"); HttpClient client = HttpClient.newHttpClient()) {
			String base = "http://127.0.0.1:" + application.getEnvironment().getProperty("local.server.port")
					+ "/app/manage";
			assertThat(get(client, base + "/health", null).statusCode()).isEqualTo(200);
			for (String endpoint : new String[] { "/prometheus", "/metrics", "/info", "/env" }) {
				assertThat(get(client, base + endpoint, null).statusCode()).isEqualTo(401);
				assertThat(get(client, base + endpoint, "b3BlcmF0b3I6").statusCode()).isEqualTo(401);
				assertThat(get(client, base + endpoint, "b3BlcmF0b3I6bnVsbA==").statusCode()).isEqualTo(401);
			}
		}
		assertThat(output.getOut()).contains("holdfast.operate.password opens them")
			.doesNotContain("Using generated security password");
	}

	private static HttpResponse<String> get(HttpClient client, String url, String credentials) throws Exception {
		HttpRequest.Builder request = HttpRequest.newBuilder(URI.create(url));
		if (credentials != null) {
			request.header("Authorization", "Basic " + credentials);
		}
		return client.send(request.build(), BodyHandlers.ofString());
	}

}
