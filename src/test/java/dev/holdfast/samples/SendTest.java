package dev.holdfast.samples;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;

import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;

import com.sun.net.httpserver.Headers;
import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

import static org.assertj.core.api.Assertions.assertThat;

class SendTest {

	private static final Path PAYLOADS = Path.of("samples", "payloads");

	private static final String SECRET = "a \"secret\" with spaces";

	private final List<Received> received = new CopyOnWriteArrayList<>();

	private HttpServer server;

	@BeforeEach
	void start() throws IOException {
		this.server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
		this.server.createContext("/webhook", this::answer);
		this.server.start();
	}

	@AfterEach
	void stop() {
		this.server.stop(0);
	}

	private void answer(HttpExchange exchange) throws IOException {
		Received request = new Received(exchange.getRequestHeaders(), exchange.getRequestBody().readAllBytes());
		this.received.add(request);
		exchange.sendResponseHeaders(request.isGenuine() ? 200 : 401, -1);
		exchange.close();
	}

	@Test
	void signsADeliveryAsShopifyDoes() throws Exception {
		Run run = send("orders/create");

		assertThat(run.status()).isZero();
		Received request = this.received.getFirst();
		assertThat(run.lines()).singleElement()
			.asString()
			.matches("200 +\\d+\\.\\d ms  " + request.header("X-Shopify-Webhook-Id"));
		assertThat(request.isGenuine()).isTrue();
		assertThat(request.header("X-Shopify-Topic")).isEqualTo("orders/create");
		assertThat(request.header("X-Shopify-API-Version")).isEqualTo("2026-10");
		assertThat(request.header("X-Shopify-Shop-Domain")).isEqualTo("holdfast-demo.myshopify.com");
		assertThat(request.header("X-Shopify-Event-Id")).matches("[0-9a-f-]{36}");
		assertThat(request.header("X-Shopify-Triggered-At"))
			.matches("\\d{4}-\\d\\d-\\d\\dT\\d\\d:\\d\\d:\\d\\d\\.\\d{9}Z");
		assertThat(request.header("Content-Type")).isEqualTo("application/json");
		assertThat(request.body()).hasSizeBetween(7_000, 8_192);
	}

	@Test
	void givesEachDeliveryIdsAndABodyOfItsOwn() throws Exception {
		Run run = send("orders/create", "-n", "120");

		assertThat(run.status()).isZero();
		assertThat(run.lines()).hasSize(120);
		assertThat(this.received).hasSize(120).allMatch(Received::isGenuine);
		assertThat(this.received.stream().map((each) -> each.header("X-Shopify-Webhook-Id")).distinct()).hasSize(120);
		assertThat(this.received.stream().map((each) -> each.header("X-Shopify-Event-Id")).distinct()).hasSize(120);
		assertThat(this.received.stream().map((each) -> each.json().get("id").asString()).distinct()).hasSize(120)
			.allMatch((id) -> id.length() == 13);
		assertThat(run.errors()).contains("120 of 120 sent, 120 answered as they should be");
	}

	@Test
	void sendsADuplicateWithTheSameIdsAndBody() throws Exception {
		assertThat(send("products/update", "--duplicate").status()).isZero();

		assertThat(this.received).hasSize(2);
		Received first = this.received.getFirst();
		Received second = this.received.getLast();
		assertThat(second.header("X-Shopify-Webhook-Id")).isEqualTo(first.header("X-Shopify-Webhook-Id"));
		assertThat(second.header("X-Shopify-Triggered-At")).isEqualTo(first.header("X-Shopify-Triggered-At"));
		assertThat(second.body()).isEqualTo(first.body());
	}

	@Test
	void expectsABadSignatureToBeRefused() throws Exception {
		Run run = send("orders/create", "--bad-signature");

		assertThat(this.received).singleElement().matches((request) -> !request.isGenuine());
		assertThat(run.lines().getFirst()).startsWith("401 ");
		assertThat(run.status()).isZero();
	}

	@Test
	void failsWhenAnAnswerIsNotARightOne() throws Exception {
		assertThat(send("orders/create", "--secret", "another").status()).isEqualTo(1);
		this.server.removeContext("/webhook");
		this.server.createContext("/webhook", (exchange) -> {
			exchange.sendResponseHeaders(200, -1);
			exchange.close();
		});
		assertThat(send("orders/create", "--bad-signature").status()).isEqualTo(1);
	}

	@Test
	void failsWhenNothingAnswers() throws Exception {
		this.server.stop(0);
		Run run = send("shop/redact");
		assertThat(run.status()).isEqualTo(1);
		assertThat(run.lines()).singleElement().asString().startsWith("000 ").endsWith("no answer");
	}

	@Test
	void sendsEventsWithTheirOwnHeaders() throws Exception {
		assertThat(send("Product").status()).isZero();

		Headers headers = this.received.getFirst().headers();
		assertThat(headers.keySet()).noneMatch((name) -> name.startsWith("X-shopify"));
		assertThat(headers.getFirst("shopify-topic")).isEqualTo("Product");
		assertThat(headers.getFirst("shopify-action")).isEqualTo("update");
		assertThat(headers.getFirst("shopify-webhook-id")).matches("[0-9a-f-]{36}");
		assertThat(headers.containsKey("shopify-event-id")).isFalse();
	}

	@Test
	void sendsAGivenFileAsItIsForAnyTopic(@TempDir Path directory) throws Exception {
		byte[] bytes = { '{', '}', 0, (byte) 0xff, '\r', '\n', '\n' };
		Path file = Files.write(directory.resolve("body with spaces.json"), bytes);

		assertThat(send("customer.tags_added", "--payload", file.toString(), "--shop", "a.myshopify.com").status())
			.isZero();

		assertThat(this.received.getFirst().body()).isEqualTo(bytes);
		assertThat(this.received.getFirst().header("X-Shopify-Topic")).isEqualTo("customer.tags_added");
		assertThat(this.received.getFirst().header("X-Shopify-Shop-Domain")).isEqualTo("a.myshopify.com");
	}

	@Test
	void namesTheTopicsThereAreWhereOneIsUnknown() throws Exception {
		Run run = send("orders/unknown");
		assertThat(run.status()).isEqualTo(2);
		assertThat(run.errors()).contains("no sample for orders/unknown", "orders/create", "--payload");
		assertThat(this.received).isEmpty();
	}

	@Test
	void putsTheShopIntoTheBody() throws Exception {
		assertThat(send("customers/redact", "--shop", "other.myshopify.com").status()).isZero();
		assertThat(this.received.getFirst().json().get("shop_domain").asString()).isEqualTo("other.myshopify.com");
	}

	static Stream<Path> payloads() throws IOException {
		try (Stream<Path> files = Files.list(PAYLOADS)) {
			return files.sorted().toList().stream();
		}
	}

	@ParameterizedTest
	@MethodSource("payloads")
	void everySampleIsJson(Path file) {
		assertThat(JsonMapper.shared().readTree(file.toFile()).isObject()).isTrue();
	}

	private Run send(String topic, String... options) throws IOException, InterruptedException {
		List<String> command = new ArrayList<>(List.of("samples/send", topic, "--url",
				"http://127.0.0.1:%d/webhook".formatted(this.server.getAddress().getPort())));
		command.addAll(List.of(options));
		ProcessBuilder builder = new ProcessBuilder(command);
		builder.environment().putAll(Map.of("SHOPIFY_WEBHOOK_SECRET", SECRET, "no_proxy", "*"));
		Path errors = Files.createTempFile("send", ".err");
		Process process = builder.redirectError(errors.toFile()).start();
		try {
			List<String> lines = process.inputReader().lines().toList();
			assertThat(process.waitFor(30, TimeUnit.SECONDS)).isTrue();
			return new Run(process.exitValue(), lines, Files.readString(errors));
		}
		finally {
			process.destroyForcibly();
			Files.delete(errors);
		}
	}

	private record Run(int status, List<String> lines, String errors) {
	}

	private record Received(Headers headers, byte[] body) {

		String header(String name) {
			return this.headers.getFirst(name);
		}

		JsonNode json() {
			return JsonMapper.shared().readTree(this.body);
		}

		boolean isGenuine() {
			String name = this.headers.containsKey("shopify-hmac-sha256") ? "shopify-hmac-sha256"
					: "X-Shopify-Hmac-Sha256";
			try {
				Mac mac = Mac.getInstance("HmacSHA256");
				mac.init(new SecretKeySpec(SECRET.getBytes(StandardCharsets.UTF_8), "HmacSHA256"));
				return Base64.getEncoder().encodeToString(mac.doFinal(this.body)).equals(header(name));
			}
			catch (GeneralSecurityException ex) {
				throw new IllegalStateException(ex);
			}
		}

	}

}
