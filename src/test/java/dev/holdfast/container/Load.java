package dev.holdfast.container;

import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.time.Duration;
import java.util.Base64;
import java.util.List;
import java.util.Queue;
import java.util.UUID;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;

import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;

import dev.holdfast.fixture.DevelopmentServices;

/// Posts signed deliveries, each once, and remembers every answer.
final class Load implements AutoCloseable {

	static final int NO_ANSWER = 0;

	/// What Shopify waits for.
	private static final Duration PATIENCE = Duration.ofSeconds(5);

	private static final String PADDING = "x".repeat(2000);

	private final ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor();

	private final HttpClient client = HttpClient.newBuilder()
		.version(HttpClient.Version.HTTP_1_1)
		.connectTimeout(PATIENCE)
		.build();

	private final URI webhook;

	private final Queue<Answer> answers = new ConcurrentLinkedQueue<>();

	Load(URI webhook) {
		this.webhook = webhook;
	}

	/// @param status the answer's, or [#NO_ANSWER]
	record Answer(String id, int status, Duration took) {
	}

	Answer post() {
		String id = UUID.randomUUID().toString();
		byte[] body = "{\"id\":\"%s\",\"note\":\"%s\"}".formatted(id, PADDING).getBytes(StandardCharsets.UTF_8);
		HttpRequest request = HttpRequest.newBuilder(this.webhook)
			.timeout(PATIENCE)
			.header("Content-Type", "application/json")
			.header("X-Shopify-Topic", "orders/create")
			.header("X-Shopify-Shop-Domain", "example.myshopify.com")
			.header("X-Shopify-Webhook-Id", id)
			.header("X-Shopify-Hmac-Sha256", sign(body))
			.POST(BodyPublishers.ofByteArray(body))
			.build();
		long from = System.nanoTime();
		int status = status(request);
		Answer answer = new Answer(id, status, Duration.ofNanos(System.nanoTime() - from));
		this.answers.add(answer);
		return answer;
	}

	private int status(HttpRequest request) {
		try {
			return this.client.send(request, BodyHandlers.discarding()).statusCode();
		}
		catch (IOException ex) {
			return NO_ANSWER;
		}
		catch (InterruptedException ex) {
			Thread.currentThread().interrupt();
			return NO_ANSWER;
		}
	}

	/// Posts at a steady rate, whatever the answers take, while something else happens.
	/// @return the answers to what was posted
	List<Answer> during(int perSecond, Runnable happens) {
		Load own = new Load(this.webhook);
		try (own) {
			try (ScheduledExecutorService clock = Executors.newSingleThreadScheduledExecutor()) {
				clock.scheduleAtFixedRate(() -> own.threads.execute(own::post), 0, 1_000_000 / perSecond,
						TimeUnit.MICROSECONDS);
				try {
					happens.run();
				}
				finally {
					clock.shutdownNow();
				}
			}
		}
		this.answers.addAll(own.answers);
		return List.copyOf(own.answers);
	}

	/// The ids that were answered 200.
	List<String> acknowledged() {
		return this.answers.stream().filter((answer) -> answer.status() == 200).map(Answer::id).toList();
	}

	private static String sign(byte[] body) {
		try {
			Mac mac = Mac.getInstance("HmacSHA256");
			mac.init(new SecretKeySpec(DevelopmentServices.SECRET.getBytes(StandardCharsets.UTF_8), "HmacSHA256"));
			return Base64.getEncoder().encodeToString(mac.doFinal(body));
		}
		catch (GeneralSecurityException ex) {
			throw new IllegalStateException(ex);
		}
	}

	/// Waits for the answers that are still to come.
	@Override
	public void close() {
		this.threads.close();
		this.client.close();
	}

}
