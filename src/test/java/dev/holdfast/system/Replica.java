package dev.holdfast.system;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

import dev.holdfast.fixture.Await;
import org.jspecify.annotations.Nullable;

/// A running Holdfast, seen from outside.
abstract sealed class Replica implements AutoCloseable permits OwnReplica, LocalReplica {

	private static final Duration START = Duration.ofSeconds(60);

	private static final Duration ANSWER = Duration.ofSeconds(20);

	private static final HttpClient CLIENT = HttpClient.newBuilder()
		.version(HttpClient.Version.HTTP_1_1)
		.connectTimeout(ANSWER)
		.build();

	private static final String OPERATOR = "operator";

	private final String name;

	private final int port;

	Replica(String name, int port) {
		this.name = name;
		this.port = port;
	}

	static List<String> arguments(String name, int port, Map<String, String> properties) {
		List<String> arguments = new ArrayList<>(List.of("--server.port=" + port, "--server.address=127.0.0.1",
				"--spring.main.banner-mode=off", "--holdfast.operate.username=" + OPERATOR,
				"--holdfast.operate.password=" + properties.getOrDefault("holdfast.operate.password", OPERATOR),
				"--" + SystemApplication.REPLICA + "=" + name));
		// A setting that is given twice would be taken for a list.
		properties.forEach((key, value) -> {
			if (!key.equals("holdfast.operate.password")) {
				arguments.add("--" + key + "=" + value);
			}
		});
		return arguments;
	}

	String name() {
		return this.name;
	}

	int port() {
		return this.port;
	}

	URI webhook() {
		return uri("/webhook");
	}

	private URI uri(String path) {
		return URI.create("http://127.0.0.1:" + this.port + path);
	}

	/// What `/actuator/health` answers.
	///
	/// @param code of HTTP; 0 where there is no answer
	/// @param body with the conditions that hold
	record Health(int code, String body) {

		String status() {
			String key = "\"status\":\"";
			int from = this.body.lastIndexOf(key) + key.length();
			return (this.code == 0) ? "NONE" : this.body.substring(from, this.body.indexOf('"', from));
		}

	}

	Health health() {
		HttpResponse<String> response = get("/actuator/health", false);
		return (response != null) ? new Health(response.statusCode(), response.body()) : new Health(0, "");
	}

	/// What it answers an operator: the conditions too.
	String healthDetails() {
		HttpResponse<String> response = get("/actuator/health", true);
		return (response != null) ? response.body() : "";
	}

	void awaitServing() {
		Await.until(this.name + " serves", START, () -> health().code() == 200);
	}

	Scrape meters() {
		HttpResponse<String> response = get("/actuator/prometheus", true);
		if (response == null || response.statusCode() != 200) {
			throw new IllegalStateException("No meters from " + this.name + ": " + response);
		}
		return Scrape.parse(response.body());
	}

	private @Nullable HttpResponse<String> get(String path, boolean authorised) {
		HttpRequest.Builder request = HttpRequest.newBuilder(uri(path)).timeout(ANSWER);
		if (authorised) {
			String credentials = OPERATOR + ":" + OPERATOR;
			request.header("Authorization",
					"Basic " + java.util.Base64.getEncoder().encodeToString(credentials.getBytes()));
		}
		try {
			return CLIENT.send(request.build(), BodyHandlers.ofString());
		}
		catch (java.net.ConnectException | java.net.http.HttpTimeoutException ex) {
			return null;
		}
		catch (IOException ex) {
			if (authorised) {
				throw new UncheckedIOException(ex);
			}
			return null;
		}
		catch (InterruptedException ex) {
			Thread.currentThread().interrupt();
			throw new IllegalStateException(ex);
		}
	}

	@Override
	public abstract void close();

}
