package dev.holdfast.destination;

import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.Executors;

import com.sun.net.httpserver.Headers;
import com.sun.net.httpserver.HttpServer;
import dev.holdfast.delivery.Delivery;
import dev.holdfast.delivery.Header;
import dev.holdfast.delivery.Sha256;
import dev.holdfast.process.Attempt;
import dev.holdfast.process.Outcome;
import dev.holdfast.schedule.SystemScheduler;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

import static org.assertj.core.api.Assertions.assertThat;

/// [HttpDestination] against a server that speaks HTTP properly.
class HttpDestinationTests {

	private static final byte[] BODY = "{\"id\":1,\"note\":\"\u00e9\"}".getBytes(StandardCharsets.UTF_8);

	private final List<Received> received = new CopyOnWriteArrayList<>();

	private final Headers answer = new Headers();

	private final SystemScheduler scheduler = new SystemScheduler();

	private volatile int status = 200;

	private HttpServer server;

	private HttpDestination destination;

	@BeforeEach
	void start() throws Exception {
		this.server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
		this.server.setExecutor(Executors.newVirtualThreadPerTaskExecutor());
		this.server.createContext("/", (exchange) -> {
			Headers headers = new Headers();
			headers.putAll(exchange.getRequestHeaders());
			this.received.add(new Received(exchange.getRequestMethod(), exchange.getRequestURI().toString(),
					exchange.getProtocol(), headers, exchange.getRequestBody().readAllBytes()));
			exchange.getResponseHeaders().putAll(this.answer);
			byte[] text = (this.status == 204) ? new byte[0] : "thanks".getBytes(StandardCharsets.UTF_8);
			exchange.sendResponseHeaders(this.status, (text.length == 0) ? -1 : text.length);
			exchange.getResponseBody().write(text);
			exchange.close();
		});
		this.server.start();
		this.destination = new HttpDestination("orders",
				new DestinationProperties.Http(url("/in?shop=a"), Set.of("*"), Duration.ofSeconds(10)), this.scheduler);
	}

	@AfterEach
	void stop() {
		this.destination.close();
		this.server.stop(0);
		this.scheduler.close();
	}

	@Test
	void postsTheRawBodyAndTheOriginalHeaders() throws Exception {
		assertThat(handle(BODY, "Content-Type", "application/json; charset=utf-8", "X-Shopify-Topic", "orders/create",
				"X-Shopify-Hmac-Sha256", "c2lnbmF0dXJl", "shopify-topic", "Order"))
			.isEqualTo(Outcome.handled());
		Received request = this.received.getFirst();
		assertThat(request.method()).isEqualTo("POST");
		assertThat(request.uri()).isEqualTo("/in?shop=a");
		assertThat(request.protocol()).isEqualTo("HTTP/1.1");
		assertThat(request.body()).isEqualTo(BODY);
		assertThat(request.headers().get("Content-Type")).containsExactly("application/json; charset=utf-8");
		assertThat(request.headers().get("X-Shopify-Topic")).containsExactly("orders/create");
		assertThat(request.headers().get("X-Shopify-Hmac-Sha256")).containsExactly("c2lnbmF0dXJl");
		assertThat(request.headers().get("shopify-topic")).containsExactly("Order");
		assertThat(request.headers().get("Idempotency-Key")).containsExactly("key-1");
		assertThat(request.headers().get("Holdfast-Attempt")).containsExactly("3");
	}

	@Test
	void sendsALargeBodyUnchanged() throws Exception {
		byte[] body = new byte[8 * 1024 * 1024 + 17];
		new Random(7).nextBytes(body);
		assertThat(handle(body)).isEqualTo(Outcome.handled());
		assertThat(Sha256.of(this.received.getFirst().body())).isEqualTo(Sha256.of(body));
	}

	@Test
	void sendsAnEmptyBody() throws Exception {
		assertThat(handle(new byte[0])).isEqualTo(Outcome.handled());
		assertThat(this.received.getFirst().body()).isEmpty();
	}

	@Test
	void leavesOutHeadersThatHttpDoesNotPermit() throws Exception {
		List<Header> headers = new ArrayList<>();
		headers.add(new Header("X-Shopify-Bad Name", "a"));
		headers.add(new Header("X-Shopify-\u00e9", "a"));
		headers.add(new Header("", "a"));
		headers.add(new Header("X-Shopify-Split", "a\r\nInjected: yes"));
		headers.add(new Header("X-Shopify-Nul", "a\0b"));
		headers.add(new Header("X-Shopify-Latin", "caf\u00e9"));
		headers.add(new Header("Host", "elsewhere"));
		headers.add(new Header("Content-Length", "1"));
		headers.add(new Header("X-Shopify-Topic", "orders/create"));
		assertThat(handle(new Delivery(new dev.holdfast.delivery.Headers(headers), BODY, Sha256.of(BODY))))
			.isEqualTo(Outcome.handled());
		Headers sent = this.received.getFirst().headers();
		assertThat(sent.get("X-Shopify-Topic")).containsExactly("orders/create");
		assertThat(sent.getFirst("Host")).isEqualTo("127.0.0.1:" + this.server.getAddress().getPort());
		assertThat(sent.getFirst("Content-Length")).isEqualTo(Integer.toString(BODY.length));
		assertThat(sent).doesNotContainKeys("Injected", "X-Shopify-Split", "X-Shopify-Nul", "X-Shopify-Latin");
		assertThat(this.received.getFirst().body()).isEqualTo(BODY);
	}

	@Test
	void sendsRepeatedHeadersBothTimes() throws Exception {
		assertThat(handle(BODY, "X-Shopify-Tag", "a", "X-Shopify-Tag", "b")).isEqualTo(Outcome.handled());
		assertThat(this.received.getFirst().headers().get("X-Shopify-Tag")).containsExactly("a", "b");
	}

	@ParameterizedTest
	@ValueSource(ints = { 200, 201, 202, 204, 299 })
	void countsEveryTwoHundredAsHandled(int code) throws Exception {
		this.status = code;
		assertThat(handle(BODY)).isEqualTo(Outcome.handled());
	}

	@ParameterizedTest
	@ValueSource(ints = { 304, 400, 401, 404, 407, 409, 410, 413, 422, 429, 500, 502, 503, 599 })
	void triesEverythingElseAgain(int code) throws Exception {
		this.status = code;
		assertThat(handle(BODY)).isEqualTo(Outcome.retry("HTTP " + code));
	}

	@ParameterizedTest
	@ValueSource(ints = { 301, 302, 303, 307, 308 })
	void followsNoRedirect(int code) throws Exception {
		this.status = code;
		this.answer.set("Location", url("/elsewhere").toString());
		assertThat(handle(BODY)).isEqualTo(Outcome.retry("HTTP " + code));
		assertThat(this.received).hasSize(1);
	}

	@ParameterizedTest
	@CsvSource({ "503,7", "429,7", "404,7" })
	void waitsAsLongAsItIsAskedTo(int code, long seconds) throws Exception {
		this.status = code;
		this.answer.set("Retry-After", Long.toString(seconds));
		assertThat(handle(BODY)).isEqualTo(Outcome.retry(Duration.ofSeconds(seconds), "HTTP " + code));
	}

	@Test
	void needsNoRetryAfterItUnderstands() throws Exception {
		this.status = 503;
		this.answer.set("Retry-After", "soon");
		assertThat(handle(BODY)).isEqualTo(Outcome.retry("HTTP 503"));
	}

	private Outcome handle(byte[] body, String... headers) throws Exception {
		return handle(Delivery.of(dev.holdfast.delivery.Headers.of(headers), body));
	}

	private Outcome handle(Delivery delivery) throws Exception {
		return this.destination.handle(new Attempt(delivery, "key-1", 3, Duration.ofSeconds(30)));
	}

	private URI url(String path) {
		return URI.create("http://127.0.0.1:" + this.server.getAddress().getPort() + path);
	}

	private record Received(String method, String uri, String protocol, Headers headers, byte[] body) {
	}

}
