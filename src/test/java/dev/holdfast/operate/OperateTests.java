package dev.holdfast.operate;

import java.io.IOException;
import java.net.InetAddress;
import java.net.Socket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.util.Base64;

import dev.holdfast.schedule.SystemScheduler;
import dev.holdfast.telemetry.Condition;
import dev.holdfast.telemetry.Conditions;
import io.micrometer.core.instrument.MeterRegistry;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import org.springframework.boot.SpringApplication;
import org.springframework.boot.autoconfigure.EnableAutoConfiguration;
import org.springframework.boot.availability.AvailabilityChangeEvent;
import org.springframework.boot.availability.ReadinessState;
import org.springframework.boot.context.properties.EnableConfigurationProperties;
import org.springframework.context.ConfigurableApplicationContext;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Import;
import org.springframework.security.core.context.SecurityContextHolder;
import org.springframework.web.servlet.function.RouterFunction;
import org.springframework.web.servlet.function.RouterFunctions;
import org.springframework.web.servlet.function.ServerResponse;

import static org.assertj.core.api.Assertions.assertThat;

/// Security and health over real HTTP.
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class OperateTests {

	private static final String OPERATOR = "operator:s3cret";

	private final HttpClient client = HttpClient.newHttpClient();

	private ConfigurableApplicationContext application;

	private Conditions conditions;

	private int port;

	@BeforeAll
	void start() {
		this.application = SpringApplication.run(TestApplication.class, "--server.port=0", "--server.address=127.0.0.1",
				"--holdfast.operate.password=s3cret");
		this.conditions = this.application.getBean(Conditions.class);
		this.port = this.application.getEnvironment().getRequiredProperty("local.server.port", Integer.class);
	}

	@AfterAll
	void stop() {
		this.application.close();
		this.client.close();
	}

	@AfterEach
	void clear() {
		this.conditions.holding().keySet().forEach(this.conditions::clear);
		AvailabilityChangeEvent.publish(this.application, ReadinessState.ACCEPTING_TRAFFIC);
	}

	@ParameterizedTest
	@ValueSource(strings = { "", "/liveness", "/readiness" })
	void tellsAnybodyTheStatusAndNothingElse(String group) throws Exception {
		HttpResponse<String> answer = get("/actuator/health" + group, null);
		assertThat(answer.statusCode()).isEqualTo(200);
		assertThat(answer.body()).contains("\"status\":\"UP\"").doesNotContain("components", "details");
	}

	@Test
	void staysInServiceWhileDegraded() throws Exception {
		this.conditions.raise(Condition.REDIS_DOWN, "Redis does not answer");
		for (String path : new String[] { "/actuator/health", "/actuator/health/readiness" }) {
			HttpResponse<String> answer = get(path, null);
			assertThat(answer.statusCode()).isEqualTo(200);
			assertThat(answer.body()).contains("\"status\":\"DEGRADED\"").doesNotContain("redis", "Redis");
		}
	}

	@Test
	void leavesServiceWhenTheStoreIsDown() throws Exception {
		this.conditions.raise(Condition.REDIS_DOWN, "Redis does not answer");
		this.conditions.raise(Condition.STORE_DOWN, "the store has failed for 30 s");
		for (String path : new String[] { "/actuator/health", "/actuator/health/readiness" }) {
			HttpResponse<String> answer = get(path, null);
			assertThat(answer.statusCode()).isEqualTo(503);
			assertThat(answer.body()).contains("\"status\":\"OUT_OF_SERVICE\"").doesNotContain("store");
		}
		assertThat(get("/actuator/health/liveness", null).statusCode()).isEqualTo(200);
	}

	@Test
	void leavesServiceWhileRefusingTraffic() throws Exception {
		this.conditions.raise(Condition.REDIS_DOWN, "Redis does not answer");
		AvailabilityChangeEvent.publish(this.application, ReadinessState.REFUSING_TRAFFIC);
		assertThat(get("/actuator/health", null).statusCode()).isEqualTo(503);
		assertThat(get("/actuator/health/readiness", null).statusCode()).isEqualTo(503);
		assertThat(get("/actuator/health/liveness", null).statusCode()).isEqualTo(200);
	}

	@Test
	void tellsTheOperatorWhatIsWrong() throws Exception {
		this.conditions.raise(Condition.REDIS_DOWN, "Redis does not answer");
		HttpResponse<String> answer = get("/actuator/health", OPERATOR);
		assertThat(answer.statusCode()).isEqualTo(200);
		assertThat(answer.body()).contains("\"redis-down\":\"Redis does not answer\"", "\"readinessState\"")
			.doesNotContain("diskSpace", "ping", "\"redis\"", "ssl");
	}

	@ParameterizedTest
	@ValueSource(strings = { "prometheus", "metrics", "info" })
	void opensToTheOperatorAlone(String endpoint) throws Exception {
		HttpResponse<String> denied = get("/actuator/" + endpoint, null);
		assertThat(denied.statusCode()).isEqualTo(401);
		assertThat(denied.headers().firstValue("WWW-Authenticate"))
			.hasValueSatisfying((value) -> assertThat(value).startsWith("Basic realm=\"holdfast\""));
		assertThat(denied.headers().firstValue("Set-Cookie")).isEmpty();
		assertThat(get("/actuator/" + endpoint, "operator:wrong").statusCode()).isEqualTo(401);
		assertThat(get("/actuator/" + endpoint, "other:s3cret").statusCode()).isEqualTo(401);
		assertThat(get("/actuator/" + endpoint, "user:").statusCode()).isEqualTo(401);
		HttpResponse<String> granted = get("/actuator/" + endpoint, OPERATOR);
		assertThat(granted.statusCode()).isEqualTo(200);
		assertThat(granted.headers().firstValue("Set-Cookie")).isEmpty();
	}

	@Test
	void exposesTheConditionsToPrometheus() throws Exception {
		this.conditions.raise(Condition.REDIS_DOWN, "Redis does not answer");
		assertThat(get("/actuator/prometheus", OPERATOR).body())
			.contains("holdfast_condition{condition=\"redis-down\"} 1.0");
	}

	@ParameterizedTest
	@ValueSource(strings = { "", "/env", "/heapdump", "/threaddump", "/loggers", "/shutdown", "/beans", "/configprops",
			"/mappings", "/conditions", "/httpexchanges", "/caches", "/scheduledtasks", "/sbom" })
	void exposesNothingElse(String path) throws Exception {
		assertThat(get("/actuator" + path, OPERATOR).statusCode()).isEqualTo(404);
		assertThat(get("/actuator" + path, null).statusCode()).isEqualTo(401);
	}

	@ParameterizedTest
	@ValueSource(strings = { "//actuator/prometheus", "/actuator//prometheus", "/./actuator/prometheus",
			"/webhook/../actuator/prometheus", "/webhook/..;/actuator/prometheus", "/actuator;a=b/prometheus",
			"/actuator/prometheus;a=b", "/%61ctuator/prometheus", "/actuator%2fprometheus", "/%2e/actuator/prometheus",
			"/actuator/health/../prometheus", "/actuator/health/%2e%2e/prometheus", "/actuator/prometheus/",
			"/actuator/health/holdfast", "/actuator/health/readiness/holdfast", "/ACTUATOR/prometheus",
			"/actuator/PROMETHEUS", "/error/..;/actuator/metrics" })
	void isOpenToNoOtherSpelling(String path) throws Exception {
		assertThat(raw("GET " + path + " HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n"))
			.startsWith("HTTP/1.1 4")
			.doesNotContain("holdfast_condition", "jvm");
	}

	@Test
	void staysAwayFromTheWebhook() throws Exception {
		HttpResponse<String> answer = this.client.send(HttpRequest.newBuilder(url("/webhook"))
			.header("Authorization", "Basic bm9ib2R5Og==")
			.POST(HttpRequest.BodyPublishers.ofString("{}"))
			.build(), BodyHandlers.ofString());
		assertThat(answer.statusCode()).isEqualTo(200);
		assertThat(answer.body()).isEqualTo("authentication: false");
		assertThat(answer.headers().map()).doesNotContainKeys("x-content-type-options", "x-frame-options",
				"cache-control", "set-cookie", "pragma");
	}

	@Test
	void hasNoLoginPage() throws Exception {
		assertThat(get("/login", null).statusCode()).isEqualTo(404);
		assertThat(get("/actuator/login", null).statusCode()).isEqualTo(401);
	}

	private HttpResponse<String> get(String path, String credentials) throws Exception {
		HttpRequest.Builder request = HttpRequest.newBuilder(url(path));
		if (credentials != null) {
			request.header("Authorization",
					"Basic " + Base64.getEncoder().encodeToString(credentials.getBytes(StandardCharsets.UTF_8)));
		}
		return this.client.send(request.build(), BodyHandlers.ofString());
	}

	private URI url(String path) {
		return URI.create("http://127.0.0.1:" + this.port + path);
	}

	private String raw(String request) throws IOException {
		try (Socket socket = new Socket(InetAddress.getLoopbackAddress(), this.port)) {
			socket.getOutputStream().write(request.getBytes(StandardCharsets.ISO_8859_1));
			return new String(socket.getInputStream().readAllBytes(), StandardCharsets.ISO_8859_1);
		}
	}

	/// Without a stereotype: a scan of the test class path must not find it.
	@EnableAutoConfiguration
	@EnableConfigurationProperties(OperateProperties.class)
	@Import({ SecurityConfiguration.class, HealthConfiguration.class })
	static class TestApplication {

		@Bean
		Conditions conditions(MeterRegistry meters) {
			return new Conditions(meters);
		}

		@Bean
		SystemScheduler scheduler() {
			return new SystemScheduler();
		}

		@Bean
		RouterFunction<ServerResponse> webhook() {
			return RouterFunctions.route()
				.POST("/webhook",
						(request) -> ServerResponse.ok()
							.body("authentication: "
									+ (SecurityContextHolder.getContext().getAuthentication() != null)))
				.build();
		}

	}

}
