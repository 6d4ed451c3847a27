package dev.holdfast.system;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Base64;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.regex.Pattern;

import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import dev.holdfast.fixture.Await;
import dev.holdfast.fixture.RedisProcess;
import dev.holdfast.fixture.RedisTopology;
import dev.holdfast.fixture.TopologyOptions;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

import static org.assertj.core.api.Assertions.assertThat;

/// Secrets in the settings, and what is personal in deliveries, go through everything that
/// Holdfast does while every logger logs all it can, and are seen nowhere.
@Tag("system")
class CanaryTests {

	private static final String SECRET = "shpss_canary-secret-4711";

	private static final int LONGEST = 300;

	private static final Duration SOON = Duration.ofSeconds(30);

	private static final String BODY = """
			{"email":"canary@example.com","phone":"+49-canary-phone","token":"shpat_canary","address":"canary street"}""";

	/// The second is the first in hexadecimal.
	private static final List<String> CANARIES = List.of("canary", "63616e617279", sign(BODY),
			base64("operator:canary-operator"), "holdfast-development-key");

	/// Signatures that are asked of Amazon's clients, in hexadecimal, and keys derived
	/// for them.
	private static final Pattern STORE_SIGNATURE = Pattern.compile("Signature=[0-9a-f]{64}");

	private final List<String> said = new CopyOnWriteArrayList<>();

	@Test
	@Timeout(120)
	void areSeenInNoLogNoMeterNoAnswerAndNoHealth() throws Exception {
		TopologyOptions options = TopologyOptions.defaults()
			.password("canary-redis-password")
			.sentinelPassword("canary-sentinel-password");
		HttpServer destination = destination();
		try (RedisTopology redis = RedisTopology.start(options);
				Site site = Site.create(CanaryTests.class, redis.properties());
				OwnReplica replica = site.own("watched", settings(site, destination))) {
			replica.awaitServing();
			Await.until("Redis and store", SOON, () -> "UP".equals(replica.health().status()));

			assertThat(send(replica, signed("orders/create", BODY))).isEqualTo(200);
			assertThat(send(replica, signed("retry/dead", BODY))).isEqualTo(200);
			sendWhatIsRefused(replica);
			Await.until("a dead letter", SOON, () -> site.deadLetters() == 1 && site.waiting() == 0);
			operate(replica, site.store().keys("dead-letter/").getFirst());

			failRedis(redis, replica);
			site.store().stop();
			for (int i = 0; i < 8; i++) {
				assertThat(send(replica, signed("orders/create", BODY))).isEqualTo(503);
			}
			get(replica, "/actuator/health");
			site.store().start();
			replica.terminate(SOON);

			assertNoCanary("what was answered", String.join("\n", this.said));
			List<String> log = Files.readAllLines(site.directory().resolve("watched.log"), StandardCharsets.ISO_8859_1);
			for (String talkative : List.of("dev.holdfast", "s.a.a.", "o.a.h.c.", "lettuce", "o.s.web", "o.a.tomcat",
					"o.s.security")) {
				assertThat(log.stream().anyMatch((line) -> line.matches(".* (TRACE|DEBUG) .*" + talkative + ".* : .*")))
					.as(talkative)
					.isTrue();
			}
			List<String> found = log.stream()
				.filter(CanaryTests::isCanary)
				.map((line) -> line.substring(0, Math.min(LONGEST, line.length())))
				.toList();
			assertThat(found).isEmpty();
		}
		finally {
			destination.stop(0);
		}
	}

	private static Map<String, String> settings(Site site, HttpServer destination) {
		Map<String, String> settings = new LinkedHashMap<>();
		settings.put("logging.level.root", "TRACE");
		settings.put("logging.level.dev.holdfast.deliveries", "TRACE");
		settings.put("holdfast.receive.secret", SECRET);
		settings.put("holdfast.operate.password", "canary-operator");
		settings.put("holdfast.process.max-attempts", "2");
		settings.put("holdfast.http.app.url",
				"http://127.0.0.1:" + destination.getAddress().getPort() + "/hook?token=canary-url-token");
		return settings;
	}

	/// Echoes what it got, and takes orders only.
	private static HttpServer destination() throws IOException {
		HttpServer server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
		server.createContext("/", (HttpExchange exchange) -> {
			byte[] body = exchange.getRequestBody().readAllBytes();
			boolean order = "orders/create".equals(exchange.getRequestHeaders().getFirst("X-Shopify-Topic"));
			exchange.getResponseHeaders().set("Retry-After", "0");
			exchange.getResponseHeaders().set("X-Answer", "canary-answer-header");
			exchange.sendResponseHeaders(order ? 200 : 500, body.length);
			exchange.getResponseBody().write(body);
			exchange.close();
		});
		server.start();
		return server;
	}

	private void sendWhatIsRefused(Replica replica) throws Exception {
		byte[] signed = signed("orders/create", BODY);
		String genuine = new String(signed, StandardCharsets.UTF_8);
		assertThat(send(replica, genuine.replace("+49-canary", "+50-canary").getBytes(StandardCharsets.UTF_8)))
			.isEqualTo(401);
		for (String[] change : new String[][] { { "Sha256: ", "Sha256: canary" }, { "X-Shopify-Hmac", "X-Canary" },
				{ "X-Shopify-Topic", "X-Canary-Topic" }, { "POST /webhook", "PUT /webhook" },
				{ "POST /webhook", "POST /elsewhere" }, { "POST /webhook", "POST /web|canary" },
				{ "Host:", "Ca nary: canary\r\nHost:" }, { "Content-Length: ", "Content-Length: canary" },
				{ "Content-Length: ", "Content-Encoding: canary\r\nContent-Length: " },
				{ "Content-Length: ", "Transfer-Encoding: canary\r\nContent-Length: " },
				{ "Content-Length: ", "Transfer-Encoding: chunked\r\nX-Length: " },
				{ "Content-Length: ", "Expect: canary\r\nContent-Length: " },
				{ "Content-Length: ", "X-Long: " + "canary".repeat(2000) + "\r\nContent-Length: " },
				{ "HTTP/1.1", "HTTP/canary" }, { "Content-Length: ", "Content-Length: 9" } }) {
			send(replica, genuine.replace(change[0], change[1]).getBytes(StandardCharsets.UTF_8));
		}
	}

	private void operate(Replica replica, String deadLetter) throws Exception {
		get(replica, "/actuator/health");
		get(replica, "/actuator/prometheus");
		get(replica, "/actuator/metrics/holdfast.deliveries.refused");
		get(replica, "/actuator/deadletters");
		get(replica, "/actuator/info");
		// What an operator reads is the delivery, and so is not for this list.
		assertThat(exchange(request(replica, "/actuator/" + deadLetters(deadLetter)).GET()).body()).contains("canary");
		this.said.add(exchange(
				request(replica, "/actuator/" + deadLetters(deadLetter)).header("Content-Type", "application/json")
					.POST(BodyPublishers.ofString("{}")))
			.body());
		this.said.add(exchange(HttpRequest.newBuilder(uri(replica, "/actuator/prometheus"))
			.header("Authorization", "Basic " + base64("operator:canary-wrong-password"))
			.GET()).body());
	}

	private static String deadLetters(String key) {
		return key.replaceFirst("dead-letter", "deadletters/dead-letter");
	}

	private void failRedis(RedisTopology redis, Replica replica) throws Exception {
		RedisProcess primary = redis.currentPrimary();
		primary.command("CONFIG", "SET", "requirepass", "canary-changed");
		try (Socket socket = new Socket(InetAddress.getLoopbackAddress(), primary.port())) {
			socket.getOutputStream()
				.write("AUTH canary-changed\r\nCLIENT KILL TYPE normal\r\n".getBytes(StandardCharsets.US_ASCII));
			socket.getInputStream().read();
		}
		Await.until("Redis is down", SOON, () -> health(replica).contains("redis-down"));
		get(replica, "/actuator/health");
	}

	private static String health(Replica replica) {
		try {
			return exchange(request(replica, "/actuator/health").GET()).body();
		}
		catch (Exception ex) {
			throw new IllegalStateException(ex);
		}
	}

	private void get(Replica replica, String path) throws Exception {
		this.said.add(exchange(request(replica, path).GET()).body());
	}

	private static HttpRequest.Builder request(Replica replica, String path) {
		return HttpRequest.newBuilder(uri(replica, path))
			.header("Authorization", "Basic " + base64("operator:canary-operator"));
	}

	private static URI uri(Replica replica, String path) {
		return URI.create("http://127.0.0.1:" + replica.port() + path);
	}

	private static HttpResponse<String> exchange(HttpRequest.Builder request) throws Exception {
		try (HttpClient client = HttpClient.newHttpClient()) {
			return client.send(request.build(), BodyHandlers.ofString());
		}
	}

	/// @return the status; 0 if there was no answer
	private int send(Replica replica, byte[] request) throws IOException {
		try (Socket socket = new Socket(InetAddress.getLoopbackAddress(), replica.port())) {
			socket.setSoTimeout(8000);
			socket.getOutputStream().write(request);
			socket.shutdownOutput();
			String answer = new String(socket.getInputStream().readAllBytes(), StandardCharsets.ISO_8859_1);
			this.said.add(answer);
			return answer.isEmpty() ? 0 : Integer.parseInt(answer.split(" ")[1]);
		}
		catch (java.net.SocketException ex) {
			return 0;
		}
	}

	private static byte[] signed(String topic, String body) {
		return ("POST /webhook?token=canary-query HTTP/1.1\r\nHost: hooks.example.com\r\nConnection: close\r\n"
				+ "X-Shopify-Topic: " + topic + "\r\nX-Shopify-Shop-Domain: example.myshopify.com\r\n"
				+ "X-Shopify-Webhook-Id: 4711\r\nX-Shopify-Name: canary-kept\r\nAuthorization: Bearer canary-bearer\r\n"
				+ "Cookie: canary=canary-cookie\r\nX-Shopify-Access-Token: shpat_canary-token\r\n"
				+ "X-Shopify-Hmac-Sha256: " + sign(body) + "\r\nContent-Length: "
				+ body.getBytes(StandardCharsets.UTF_8).length + "\r\n\r\n" + body)
			.getBytes(StandardCharsets.UTF_8);
	}

	private static String sign(String body) {
		try {
			Mac mac = Mac.getInstance("HmacSHA256");
			mac.init(new SecretKeySpec(SECRET.getBytes(StandardCharsets.UTF_8), "HmacSHA256"));
			return Base64.getEncoder().encodeToString(mac.doFinal(body.getBytes(StandardCharsets.UTF_8)));
		}
		catch (GeneralSecurityException ex) {
			throw new IllegalStateException(ex);
		}
	}

	private static String base64(String text) {
		return Base64.getEncoder().encodeToString(text.getBytes(StandardCharsets.UTF_8));
	}

	private static void assertNoCanary(String what, String text) {
		assertThat(text.lines().filter(CanaryTests::isCanary).toList()).as(what).isEmpty();
	}

	private static boolean isCanary(String line) {
		return CANARIES.stream().anyMatch(line::contains) || STORE_SIGNATURE.matcher(line).find();
	}

}
