package dev.holdfast.system;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;

import com.sun.net.httpserver.HttpServer;
import dev.holdfast.fixture.Await;
import dev.holdfast.fixture.DevelopmentServices;
import dev.holdfast.fixture.RedisProcess;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.JsonNode;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

/// Shopify's own library and Holdfast agree on signatures, from the first request to the
/// last.
@Tag("system")
class ShopifyLibraryTests {

	@Test
	void signsWhatIsAcceptedAndValidatesWhatIsStoredReplayedAndForwarded() throws IOException {
		String missing = ShopifyLibrary.install();
		assumeTrue(missing.isEmpty(), missing);
		Sample sample = Sample.of(Files.readAllBytes(Path.of("samples", "payloads", "orders-create.json")));
		Queue<Request> forwarded = new ConcurrentLinkedQueue<>();
		HttpServer destination = destination(forwarded);
		try (RedisProcess redis = RedisProcess.start();
				Site site = Site.create(ShopifyLibraryTests.class, Site.plain(redis.port()));
				WebhookClient client = new WebhookClient();
				ShopifyLibrary shopify = ShopifyLibrary.start(DevelopmentServices.SECRET)) {
			LocalReplica receiving = site.local("receiving", Map.of("holdfast.process.enabled", "false"));
			String signature = shopify.sign(sample.body());
			assertThat(client.post(receiving.webhook(), sample, signature).status()).isEqualTo(200);
			String key = site.store().keys("inbox/").getFirst();
			byte[] stored = site.store().read(key);
			JsonNode storedIsValid = validate(shopify, Request.parse(stored));

			site.store().delete(key);
			LocalReplica processing = site.local("processing", Map.of("holdfast.http.forward.url",
					"http://127.0.0.1:" + destination.getAddress().getPort() + "/hooks"));
			assertThat(replay(processing, stored)).startsWith("HTTP/1.1 200");
			Await.until("a forwarded delivery", Duration.ofSeconds(15), () -> !forwarded.isEmpty());
			Request arrived = forwarded.remove();
			JsonNode forwardedIsValid = validate(shopify, arrived);
			site.awaitHandled(List.of(sample));

			Site.print("Shopify's own library", "its signature: 200; stored: %s; forwarded: %s",
					storedIsValid.get("valid"), forwardedIsValid.get("valid"));
			assertThat(storedIsValid.get("valid").asBoolean()).as(storedIsValid.toString()).isTrue();
			assertThat(forwardedIsValid.get("valid").asBoolean()).as(forwardedIsValid.toString()).isTrue();
			assertThat(arrived.body()).isEqualTo(sample.body());
			byte[] altered = sample.body().clone();
			altered[0]++;
			assertThat(validate(shopify, new Request(arrived.headers(), altered)).get("valid").asBoolean()).isFalse();
		}
		finally {
			destination.stop(0);
		}
	}

	private static JsonNode validate(ShopifyLibrary shopify, Request request) {
		return shopify.validate(request.headers(), request.body());
	}

	private static HttpServer destination(Queue<Request> requests) throws IOException {
		HttpServer server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
		server.createContext("/hooks", (exchange) -> {
			Map<String, String> headers = new LinkedHashMap<>();
			exchange.getRequestHeaders().forEach((name, values) -> headers.put(name, values.getFirst()));
			requests.add(new Request(headers, exchange.getRequestBody().readAllBytes()));
			exchange.sendResponseHeaders(204, -1);
			exchange.close();
		});
		server.start();
		return server;
	}

	/// Sends an object of the bucket as it is, as `nc` would.
	private static String replay(Replica replica, byte[] stored) throws IOException {
		try (Socket socket = new Socket(InetAddress.getLoopbackAddress(), replica.port())) {
			socket.setSoTimeout(10_000);
			socket.getOutputStream().write(stored);
			ByteArrayOutputStream line = new ByteArrayOutputStream();
			for (int next = socket.getInputStream().read(); next > '\r'; next = socket.getInputStream().read()) {
				line.write(next);
			}
			return line.toString(StandardCharsets.ISO_8859_1);
		}
	}

	/// A request as it arrived, or as it is stored.
	@SuppressWarnings("ArrayRecordComponent")
	private record Request(Map<String, String> headers, byte[] body) {

		static Request parse(byte[] stored) {
			String text = new String(stored, StandardCharsets.ISO_8859_1);
			int end = text.indexOf("\r\n\r\n");
			Map<String, String> headers = new LinkedHashMap<>();
			text.substring(0, end).lines().skip(1).forEach((line) -> {
				int colon = line.indexOf(':');
				headers.put(line.substring(0, colon), line.substring(colon + 1).strip());
			});
			return new Request(headers, Arrays.copyOfRange(stored, end + 4, stored.length));
		}

	}

}
