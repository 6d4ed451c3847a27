package dev.holdfast.system;

import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Base64;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.TreeMap;
import java.util.concurrent.Callable;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.locks.LockSupport;
import java.util.function.BooleanSupplier;
import java.util.function.Supplier;
import java.util.stream.Collectors;

import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;

import dev.holdfast.fixture.DevelopmentServices;

/// Signs and posts deliveries as Shopify does: whatever is not a 200 within 5 s it sends
/// again, with the same id and body. It remembers every answer.
final class WebhookClient implements AutoCloseable {

	static final int NO_ANSWER = 0;

	private static final Duration PATIENCE = Duration.ofSeconds(5);

	private static final Duration BEFORE_RETRY = Duration.ofMillis(100);

	private static final int TRIES = 600;

	private final HttpClient client = HttpClient.newBuilder()
		.version(HttpClient.Version.HTTP_1_1)
		.connectTimeout(PATIENCE)
		.executor(Executors.newVirtualThreadPerTaskExecutor())
		.build();

	private final Queue<Answer> answers = new ConcurrentLinkedQueue<>();

	/// What came of one post.
	///
	/// @param port of the replica
	/// @param sample what was posted
	/// @param status the answer's, or [#NO_ANSWER]
	/// @param sent when, on the monotonic clock
	/// @param latency from then to the answer
	record Answer(int port, Sample sample, int status, long sent, Duration latency) {

		boolean isAccepted() {
			return this.status == 200;
		}

		long answered() {
			return this.sent + this.latency.toNanos();
		}

	}

	/// Posts once.
	Answer post(URI url, Sample sample) {
		return post(url, sample, sign(sample.body()));
	}

	Answer post(URI url, Sample sample, String signature) {
		HttpRequest request = HttpRequest.newBuilder(url)
			.timeout(PATIENCE)
			.header("Content-Type", "application/json")
			.header("X-Shopify-Topic", "orders/create")
			.header("X-Shopify-Hmac-Sha256", signature)
			.header("X-Shopify-Shop-Domain", "example.myshopify.com")
			.header("X-Shopify-API-Version", "2026-10")
			.header("X-Shopify-Webhook-Id", sample.id())
			.POST(BodyPublishers.ofByteArray(sample.body()))
			.build();
		long sent = System.nanoTime();
		int status;
		try {
			HttpResponse<Void> response = this.client.send(request, BodyHandlers.discarding());
			status = response.statusCode();
		}
		catch (IOException ex) {
			status = NO_ANSWER;
		}
		catch (InterruptedException ex) {
			Thread.currentThread().interrupt();
			throw new IllegalStateException(ex);
		}
		Answer answer = new Answer(url.getPort(), sample, status, sent, Duration.ofNanos(System.nanoTime() - sent));
		this.answers.add(answer);
		return answer;
	}

	/// Posts until it is accepted.
	/// @param url where to, asked before each try
	void deliver(Supplier<URI> url, Sample sample) {
		for (int i = 0; i < TRIES; i++) {
			if (post(url.get(), sample).isAccepted()) {
				return;
			}
			LockSupport.parkNanos(BEFORE_RETRY.toNanos());
		}
		throw new IllegalStateException("Never accepted: " + sample.id());
	}

	/// Delivers all, so many at a time, and waits for it.
	void deliverAll(Collection<Sample> samples, int concurrency, Supplier<URI> url) {
		Queue<Sample> left = new ConcurrentLinkedQueue<>(samples);
		List<Future<?>> senders = new ArrayList<>();
		try (ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor()) {
			for (int i = 0; i < concurrency; i++) {
				senders.add(threads.submit(() -> {
					for (Sample next = left.poll(); next != null; next = left.poll()) {
						deliver(url, next);
					}
				}));
			}
		}
		senders.forEach(Future::resultNow);
	}

	/// Posts once each, at a steady rate whatever the answers are, as long as told, and
	/// waits for the last answer.
	List<Answer> postSteadily(int perSecond, Supplier<URI> url, Supplier<Sample> samples, BooleanSupplier more) {
		return steadily(perSecond, () -> post(url.get(), samples.get()), more);
	}

	/// Posts with signatures of another secret, which touches neither the store nor
	/// Redis: what it takes is what the machine takes.
	List<Answer> forgeSteadily(int perSecond, Supplier<URI> url, Supplier<Sample> samples, BooleanSupplier more) {
		return steadily(perSecond, () -> post(url.get(), samples.get(), sign(new byte[0])), more);
	}

	private static List<Answer> steadily(int perSecond, Callable<Answer> post, BooleanSupplier more) {
		List<Future<Answer>> posts = new ArrayList<>();
		long start = System.nanoTime();
		try (ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor()) {
			for (int i = 0; more.getAsBoolean(); i++) {
				long due = start + i * (1_000_000_000L / perSecond);
				LockSupport.parkNanos(due - System.nanoTime());
				posts.add(threads.submit(post));
			}
		}
		return posts.stream().map(Future::resultNow).toList();
	}

	List<Answer> answers() {
		return List.copyOf(this.answers);
	}

	static Duration percentile(Collection<Answer> answers, double percent) {
		List<Duration> sorted = answers.stream().map(Answer::latency).sorted().toList();
		return sorted.get(Math.min(sorted.size() - 1, (int) (sorted.size() * percent / 100)));
	}

	/// How many there are of each status.
	static Map<Integer, Long> statuses(Collection<Answer> answers) {
		return answers.stream().collect(Collectors.groupingBy(Answer::status, TreeMap::new, Collectors.counting()));
	}

	static String sign(byte[] body) {
		try {
			Mac mac = Mac.getInstance("HmacSHA256");
			mac.init(new SecretKeySpec(DevelopmentServices.SECRET.getBytes(StandardCharsets.UTF_8), "HmacSHA256"));
			return Base64.getEncoder().encodeToString(mac.doFinal(body));
		}
		catch (GeneralSecurityException ex) {
			throw new IllegalStateException(ex);
		}
	}

	@Override
	public void close() {
		this.client.shutdownNow();
	}

}
