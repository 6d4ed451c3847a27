package dev.holdfast.buffer;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ProxySelector;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.stream.IntStream;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import dev.holdfast.fixture.Await;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.springframework.boot.ssl.SslBundle;
import software.amazon.awssdk.http.ContentStreamProvider;
import software.amazon.awssdk.http.ExecutableHttpRequest;
import software.amazon.awssdk.http.HttpExecuteRequest;
import software.amazon.awssdk.http.HttpExecuteResponse;
import software.amazon.awssdk.http.SdkHttpMethod;
import software.amazon.awssdk.http.SdkHttpRequest;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatIOException;

/// What the SDK relies on; what the store sees is in the contract of the object store, and
/// TLS in [StoreTlsTests].
class StoreHttpClientTests {

	private final Set<InetSocketAddress> connections = ConcurrentHashMap.newKeySet();

	private final List<String> requests = new CopyOnWriteArrayList<>();

	private final CountDownLatch arrived = new CountDownLatch(1);

	private final CountDownLatch never = new CountDownLatch(1);

	private HttpServer server;

	private StoreHttpClient client;

	@BeforeEach
	void start() throws Exception {
		this.server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 256);
		this.server.setExecutor(Executors.newVirtualThreadPerTaskExecutor());
		this.server.createContext("/", this::answer);
		this.server.start();
		this.client = new StoreHttpClient(SslBundle.systemDefault());
	}

	@AfterEach
	void stop() {
		this.never.countDown();
		this.client.close();
		this.server.stop(0);
	}

	@Test
	void writesABodyInLargePieces() throws Exception {
		Payload payload = new Payload(IntStream.range(0, 40).mapToObj((_) -> new byte[8_500]).toList());
		List<Integer> written = new ArrayList<>();
		ByteArrayOutputStream socket = new ByteArrayOutputStream() {
			@Override
			public void write(byte[] bytes, int from, int length) {
				written.add(length);
				super.write(bytes, from, length);
			}
		};
		new StoreHttpClient.Body(payload::stream, payload.length()).writeTo(socket);
		assertThat(socket.toByteArray()).isEqualTo(payload.toBytes());
		assertThat(written).containsExactly(131_072, 131_072, 340_000 - 2 * 131_072);
	}

	@Test
	void sendsWhatWasSignedAndAsksNothingBefore() throws Exception {
		assertThat(call(request(SdkHttpMethod.PUT, "/bucket/a%2Bb/%7E?x=1&y=%20", "some bytes")).httpResponse()
			.firstMatchingHeader("ETag")).contains("\"tag\"");
		assertThat(this.requests)
			.containsExactly("PUT /bucket/a%2Bb/%7E?x=1&y=%20 host=[signed.example:81] length=[10] "
					+ "chunked=null expect=null signature=[one] body=some bytes");
	}

	@Test
	void usesItsConnectionAgainAfterEveryAnswer() throws Exception {
		for (int i = 0; i < 3; i++) {
			assertThat(call(request(SdkHttpMethod.PUT, "/", "bytes")).httpResponse().statusCode()).isEqualTo(200);
			assertThat(call(request(SdkHttpMethod.HEAD, "/missing", null)).httpResponse().statusCode()).isEqualTo(404);
			HttpExecuteResponse answer = call(request(SdkHttpMethod.GET, "/text", null));
			try (var body = answer.responseBody().orElseThrow()) {
				assertThat(body.readAllBytes()).asString(StandardCharsets.UTF_8).isEqualTo("text");
			}
			assertThat(call(request(SdkHttpMethod.GET, "/moved", null)).httpResponse().statusCode())
				.as("followed by nobody")
				.isEqualTo(307);
		}
		assertThat(this.connections).hasSize(1);
	}

	@Test
	void triesOnce() {
		assertThatIOException().isThrownBy(() -> call(request(SdkHttpMethod.GET, "/closed", null)));
		assertThat(this.requests).hasSize(1);
	}

	@Test
	void goesOnAfterAnError() throws Exception {
		HttpExecuteRequest broken = HttpExecuteRequest.builder()
			.request(SdkHttpRequest.builder()
				.method(SdkHttpMethod.PUT)
				.uri(URI.create("http://127.0.0.1:" + this.server.getAddress().getPort()))
				.putHeader("Content-Length", "1")
				.build())
			.contentStreamProvider(() -> {
				throw new StackOverflowError();
			})
			.build();
		assertThatExceptionOfType(StackOverflowError.class).isThrownBy(() -> this.client.prepareRequest(broken).call());
		assertThat(call(request(SdkHttpMethod.PUT, "/", "bytes")).httpResponse().statusCode()).isEqualTo(200);
	}

	/// Nobody waits for a connection: who is interrupted then can lose it for good.
	@Test
	void hasAConnectionForEveryOne() throws Exception {
		List<ExecutableHttpRequest> requests = IntStream.range(0, 200)
			.mapToObj((_) -> request(SdkHttpMethod.PUT, "/never", "bytes"))
			.toList();
		try (ExecutorService callers = Executors.newVirtualThreadPerTaskExecutor()) {
			requests.forEach((request) -> callers.submit(request::call));
			Await.until("all at once", Duration.ofSeconds(10), () -> this.connections.size() == 200);
			requests.forEach(ExecutableHttpRequest::abort);
		}
	}

	@Test
	void endsAtAbort() throws Exception {
		ExecutableHttpRequest request = request(SdkHttpMethod.PUT, "/never", "bytes");
		CompletableFuture<Throwable> ended = CompletableFuture.supplyAsync(() -> {
			try {
				throw new AssertionError(request.call().toString());
			}
			catch (IOException ex) {
				return ex;
			}
		});
		assertThat(this.arrived.await(10, TimeUnit.SECONDS)).isTrue();
		assertThat(ended).isNotDone();
		request.abort();
		assertThat(ended.get(2, TimeUnit.SECONDS)).isInstanceOf(IOException.class);
	}

	@Test
	void goesThroughTheProxyOfTheJvm() throws Exception {
		ProxySelector before = ProxySelector.getDefault();
		ProxySelector.setDefault(ProxySelector.of(this.server.getAddress()));
		try (StoreHttpClient proxied = new StoreHttpClient(SslBundle.systemDefault())) {
			SdkHttpRequest request = SdkHttpRequest.builder()
				.method(SdkHttpMethod.HEAD)
				.uri(URI.create("http://store.invalid/missing"))
				.build();
			assertThat(proxied.prepareRequest(HttpExecuteRequest.builder().request(request).build())
				.call()
				.httpResponse()
				.statusCode()).isEqualTo(404);
		}
		finally {
			ProxySelector.setDefault(before);
		}
		assertThat(this.requests).singleElement().asString().startsWith("HEAD http://store.invalid/missing");
	}

	@Test
	void saysThatItIsClosedAsAnySendingThatFails() {
		this.client.close();
		assertThatIOException().isThrownBy(() -> call(request(SdkHttpMethod.GET, "/text", null)));
	}

	private HttpExecuteResponse call(ExecutableHttpRequest request) throws IOException {
		return request.call();
	}

	private ExecutableHttpRequest request(SdkHttpMethod method, String path, String body) {
		SdkHttpRequest.Builder request = SdkHttpRequest.builder()
			.method(method)
			.uri(URI.create("http://127.0.0.1:" + this.server.getAddress().getPort() + path))
			.putHeader("Host", "signed.example:81")
			.putHeader("Signature", "one");
		HttpExecuteRequest.Builder execute = HttpExecuteRequest.builder();
		if (body != null) {
			request.putHeader("Content-Length", Integer.toString(body.length()));
			execute.contentStreamProvider(ContentStreamProvider.fromUtf8String(body));
		}
		return this.client.prepareRequest(execute.request(request.build()).build());
	}

	private void answer(HttpExchange exchange) throws IOException {
		this.connections.add(exchange.getRemoteAddress());
		var headers = exchange.getRequestHeaders();
		this.requests.add("%s %s host=%s length=%s chunked=%s expect=%s signature=%s body=%s".formatted(
				exchange.getRequestMethod(), exchange.getRequestURI(), headers.get("Host"),
				headers.get("Content-Length"), headers.get("Transfer-Encoding"), headers.get("Expect"),
				headers.get("Signature"),
				new String(exchange.getRequestBody().readAllBytes(), StandardCharsets.UTF_8)));
		this.arrived.countDown();
		switch (exchange.getRequestURI().getPath()) {
			case "/missing" -> exchange.sendResponseHeaders(404, -1);
			case "/moved" -> {
				exchange.getResponseHeaders().add("Location", "/missing");
				exchange.sendResponseHeaders(307, -1);
			}
			case "/text" -> {
				exchange.sendResponseHeaders(200, 4);
				exchange.getResponseBody().write("text".getBytes(StandardCharsets.UTF_8));
			}
			case "/never" -> awaitEnd();
			case "/closed" -> throw new IOException("closes without an answer");
			default -> {
				exchange.getResponseHeaders().add("ETag", "\"tag\"");
				exchange.sendResponseHeaders(200, -1);
			}
		}
		exchange.close();
	}

	private void awaitEnd() {
		try {
			this.never.await();
		}
		catch (InterruptedException ex) {
			Thread.currentThread().interrupt();
		}
	}

}
