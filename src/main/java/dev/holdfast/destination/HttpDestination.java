package dev.holdfast.destination;

import java.io.IOException;
import java.net.ConnectException;
import java.net.http.HttpClient;
import java.net.http.HttpConnectTimeoutException;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.nio.channels.UnresolvedAddressException;
import java.time.Duration;
import java.util.Objects;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeoutException;

import javax.net.ssl.SSLException;

import dev.holdfast.delivery.Header;
import dev.holdfast.process.Attempt;
import dev.holdfast.process.DeliveryHandler;
import dev.holdfast.process.Outcome;
import dev.holdfast.schedule.Scheduler;

/// Posts deliveries to a URL: the raw body and the original headers, so that whoever
/// receives them can verify Shopify's signature again, with `Idempotency-Key` and
/// `Holdfast-Attempt`.
///
/// An answer of 2xx is handled; whatever else happens is a retry, not before `Retry-After`
/// where it is given. Redirects are not followed. The destination may get a delivery more
/// than once, always with the same idempotency key. A header that HTTP does not permit, or
/// that is not ASCII, is left out.
final class HttpDestination implements DeliveryHandler, AutoCloseable {

	private static final Duration LONGEST_CONNECT = Duration.ofSeconds(5);

	private static final Duration LONGEST_DISCARD = Duration.ofSeconds(1);

	private final String name;

	private final DestinationProperties.Http properties;

	private final Scheduler scheduler;

	private final HttpClient client;

	HttpDestination(String name, DestinationProperties.Http properties, Scheduler scheduler) {
		this.name = name;
		this.properties = properties;
		this.scheduler = scheduler;
		this.client = HttpClient.newBuilder()
			.version(HttpClient.Version.HTTP_1_1)
			.followRedirects(HttpClient.Redirect.NEVER)
			.connectTimeout(min(LONGEST_CONNECT, properties.timeout()))
			.build();
	}

	@Override
	public String name() {
		return this.name;
	}

	@Override
	public Set<String> topics() {
		return this.properties.topics();
	}

	@Override
	public Outcome handle(Attempt attempt) throws InterruptedException {
		Duration atMost = min(this.properties.timeout(), attempt.atMost());
		long deadline = this.scheduler.nanoTime() + atMost.toNanos();
		CompletableFuture<Answer> answer = new CompletableFuture<>();
		CompletableFuture<?> exchange = this.client.sendAsync(request(attempt), (info) -> {
			Discard body = new Discard();
			answer.complete(new Answer(info, body));
			return body;
		}).whenComplete((response, failure) -> {
			if (failure != null) {
				answer.completeExceptionally(failure);
			}
		});
		try {
			Answer given = this.scheduler.await(answer, atMost);
			discard(given.body(), Duration.ofNanos(deadline - this.scheduler.nanoTime()));
			return outcome(given.info());
		}
		catch (InterruptedException ex) {
			exchange.cancel(true);
			throw ex;
		}
		catch (TimeoutException ex) {
			exchange.cancel(true);
			return Outcome.retry("no answer in " + atMost.toMillis() + " ms");
		}
		catch (ExecutionException ex) {
			return Outcome.retry(describe(Objects.requireNonNullElse(ex.getCause(), ex)));
		}
	}

	private HttpRequest request(Attempt attempt) {
		HttpRequest.Builder request = HttpRequest.newBuilder(this.properties.url())
			.POST(BodyPublishers.ofByteArray(attempt.delivery().body()));
		for (Header header : attempt.delivery().headers()) {
			copy(header, request);
		}
		return request.setHeader("Idempotency-Key", attempt.idempotencyKey())
			.setHeader("Holdfast-Attempt", Integer.toString(attempt.number()))
			.build();
	}

	private static void copy(Header header, HttpRequest.Builder request) {
		// The client would send '?' in place of what is not ASCII: another value than the
		// original.
		if (header.value().chars().allMatch((c) -> c < 0x80)) {
			try {
				request.header(header.name(), header.value());
			}
			catch (IllegalArgumentException ex) {
				// The delivery matters more than a header that cannot be sent.
			}
		}
	}

	private void discard(Discard body, Duration atMost) throws InterruptedException, ExecutionException {
		try {
			this.scheduler.await(body.done(), min(LONGEST_DISCARD, atMost));
		}
		catch (TimeoutException ex) {
			// The status has said all that is asked for.
		}
		finally {
			body.cutOff();
		}
	}

	private Outcome outcome(HttpResponse.ResponseInfo response) {
		int status = response.statusCode();
		if (status >= 200 && status < 300) {
			return Outcome.handled();
		}
		String error = "HTTP " + status;
		Duration after = response.headers()
			.firstValue("Retry-After")
			.map((value) -> RetryAfter.parse(value.strip(), this.scheduler.now()))
			.orElse(null);
		return (after != null) ? Outcome.retry(after, error) : Outcome.retry(error);
	}

	/// Says what happened without the exception's message, which may quote the answer.
	private static String describe(Throwable failure) {
		return switch (failure) {
			case HttpConnectTimeoutException ex -> "connecting timed out";
			case ConnectException ex when ex.getCause() instanceof UnresolvedAddressException -> "unknown host";
			case ConnectException ex -> "connection refused";
			case SSLException ex -> "TLS failed: " + ex.getClass().getSimpleName();
			case IOException ex -> "connection failed: " + ex.getClass().getSimpleName();
			default -> failure.getClass().getSimpleName();
		};
	}

	private static Duration min(Duration a, Duration b) {
		return (a.compareTo(b) < 0) ? a : b;
	}

	@Override
	public void close() {
		this.client.shutdownNow();
	}

	/// An answer whose headers are there.
	private record Answer(HttpResponse.ResponseInfo info, Discard body) {
	}

}
