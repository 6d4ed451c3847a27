package dev.holdfast.container;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Executors;
import java.util.concurrent.atomic.AtomicInteger;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import dev.holdfast.fixture.Ports;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;

/// The drill's bookkeeping, on a service that is not Holdfast: it acknowledges everything,
/// loses every tenth delivery and handles every seventh twice.
@Tag("system")
class DrillTests {

	private final AtomicInteger received = new AtomicInteger();

	private final HttpClient client = HttpClient.newHttpClient();

	private final int port = Ports.free();

	private HttpServer service;

	@BeforeEach
	void start() throws IOException {
		this.service = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
		this.service.setExecutor(Executors.newVirtualThreadPerTaskExecutor());
		this.service.createContext("/webhook", this::take);
		this.service.start();
	}

	@AfterEach
	void stop() {
		this.service.stop(0);
		this.client.close();
	}

	@Test
	void seesWhatIsLostAndWhatIsRepeated() {
		String java = Path.of(System.getProperty("java.home"), "bin", "java").toString();
		String drill = "%s -Ddrill.recovery=1 deploy/Drill.java http://127.0.0.1:%d/webhook secret 50 %d"
			.formatted(java, this.service.getAddress().getPort(), this.port);
		Command.Result result = new Command(Map.of(), Duration.ofSeconds(60))
			.tryRun(List.of("sh", "-c", "printf 'warm\\nstrike nothing\\nheal\\nend\\n' | " + drill));

		assertThat(result.status()).isOne();
		assertThat(result.output()).containsPattern("(?m)^\\(no fault\\) +[1-9][0-9]* +0 +0 +[1-9]")
			.containsPattern("(?m)^not recovered within 1 s$")
			.containsPattern("(?m)^lost [1-9][0-9]*$");
	}

	private void take(HttpExchange exchange) throws IOException {
		try (exchange) {
			int number = this.received.incrementAndGet();
			if (number % 10 != 0) {
				handle(exchange.getRequestHeaders().getFirst("X-Shopify-Webhook-Id"));
			}
			if (number % 7 == 0) {
				handle(exchange.getRequestHeaders().getFirst("X-Shopify-Webhook-Id"));
			}
			exchange.sendResponseHeaders(200, -1);
		}
	}

	private void handle(String id) throws IOException {
		try {
			this.client.send(HttpRequest.newBuilder(URI.create("http://127.0.0.1:%d/effect".formatted(this.port)))
				.header("Idempotency-Key", "key-" + id)
				.header("X-Shopify-Webhook-Id", id)
				.POST(BodyPublishers.noBody())
				.build(), BodyHandlers.discarding());
		}
		catch (InterruptedException ex) {
			Thread.currentThread().interrupt();
		}
	}

}
