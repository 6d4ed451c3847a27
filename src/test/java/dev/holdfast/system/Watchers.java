package dev.holdfast.system;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.net.URLEncoder;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;

import com.sun.net.httpserver.HttpServer;
import dev.holdfast.fixture.Await;
import dev.holdfast.fixture.OwnedProcess;
import dev.holdfast.fixture.Ports;
import dev.holdfast.operate.Monitoring;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/// A Prometheus and an Alertmanager that run on the files of `deploy`, and the chat that
/// they tell. Other than there are addresses, files, and times: scrapes each second, and
/// alerts after 2 s where `for` says minutes. Expressions are untouched.
final class Watchers implements AutoCloseable {

	static final String PROMETHEUS = "prometheus";

	/// As Debian's package names it.
	static final String ALERTMANAGER = "prometheus-alertmanager";

	private static final Duration START = Duration.ofSeconds(30);

	private final List<String> told = new CopyOnWriteArrayList<>();

	private final HttpClient client = HttpClient.newHttpClient();

	private final int prometheus;

	private final HttpServer chat;

	private final OwnedProcess alertmanagerProcess;

	private final OwnedProcess prometheusProcess;

	/// @param directory for their files
	/// @param replica the port to scrape
	/// @param password the operator's
	Watchers(Path directory, int replica, String password) {
		List<Integer> ports = Ports.free(2);
		this.prometheus = ports.getFirst();
		int alertmanager = ports.getLast();
		this.chat = chat();
		write(directory.resolve("webhook"), "http://127.0.0.1:" + this.chat.getAddress().getPort() + "/chat");
		write(directory.resolve("password"), password);
		write(directory.resolve("alertmanager.yml"),
				read(Path.of("deploy", "alertmanager", "alertmanager.yml"))
					.replace("receiver: nobody", "receiver: chat")
					.replace("/run/holdfast", directory.toString())
					.replaceAll("(group_wait|group_interval): .*", "$1: 1s"));
		write(directory.resolve("rules.yml"),
				read(Monitoring.RULES).replaceAll("(?m)^        for: .*", "        for: 2s"));
		write(directory.resolve("prometheus.yml"),
				read(Path.of("deploy", "prometheus", "prometheus.yml")).replaceAll("interval: 15s", "interval: 1s")
					.replace("/run/holdfast", directory.toString())
					.replaceAll("\\[172.*:9093]", "[127.0.0.1:" + alertmanager + "]")
					.replaceAll("\\[172.*:8080]", "[127.0.0.1:" + replica + "]"));
		this.alertmanagerProcess = start(directory, ALERTMANAGER,
				List.of(ALERTMANAGER, "--config.file=alertmanager.yml", "--storage.path=alertmanager",
						"--cluster.listen-address=", "--web.listen-address=127.0.0.1:" + alertmanager));
		this.prometheusProcess = start(directory, PROMETHEUS, List.of(PROMETHEUS, "--config.file=prometheus.yml",
				"--storage.tsdb.path=prometheus", "--web.listen-address=127.0.0.1:" + this.prometheus));
		Await.until("Prometheus sees the replica", START, () -> query("up == 1").size() == 1);
	}

	static boolean areInstalled() {
		return OwnedProcess.onPath(PROMETHEUS) && OwnedProcess.onPath(ALERTMANAGER);
	}

	private static OwnedProcess start(Path directory, String name, List<String> command) {
		return OwnedProcess.start(command, directory, directory.resolve(name + ".log"));
	}

	private HttpServer chat() {
		try {
			HttpServer server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
			server.createContext("/chat", (exchange) -> {
				JsonNode message = JsonMapper.shared().readTree(exchange.getRequestBody().readAllBytes());
				JsonNode attachment = message.path("attachments").path(0);
				this.told.add(attachment.path("title").asString() + "\n" + attachment.path("text").asString());
				exchange.sendResponseHeaders(200, 2);
				exchange.getResponseBody().write("ok".getBytes(StandardCharsets.US_ASCII));
				exchange.close();
			});
			server.start();
			return server;
		}
		catch (IOException ex) {
			throw new UncheckedIOException(ex);
		}
	}

	/// What Prometheus answers now.
	/// @throws IllegalStateException if it does not take the expression for one
	/// @throws UncheckedIOException if it gives no answer, or is still starting
	JsonNode query(String expression) {
		URI uri = URI.create("http://127.0.0.1:%d/api/v1/query?query=%s".formatted(this.prometheus,
				URLEncoder.encode(expression, StandardCharsets.UTF_8)));
		try {
			HttpResponse<String> response = this.client.send(HttpRequest.newBuilder(uri).build(),
					BodyHandlers.ofString());
			if (response.statusCode() == 503) {
				throw new IOException("Prometheus is not ready: " + response.body());
			}
			JsonNode answer = JsonMapper.shared().readTree(response.body());
			if (!answer.path("status").asString().equals("success")) {
				throw new IllegalStateException(expression + ": " + answer);
			}
			return answer.at("/data/result");
		}
		catch (IOException ex) {
			throw new UncheckedIOException(ex);
		}
		catch (InterruptedException ex) {
			Thread.currentThread().interrupt();
			throw new IllegalStateException(ex);
		}
	}

	boolean isFiring(String alert) {
		return !query("ALERTS{alertname=\"%s\", alertstate=\"firing\"}".formatted(alert)).isEmpty();
	}

	/// Waits until the chat was told so.
	/// @return the message's text
	String awaitTold(String title, Duration limit) {
		Await.until("the chat is told " + title, limit,
				() -> this.told.stream().anyMatch((message) -> message.startsWith(title + "\n")));
		return this.told.stream().filter((message) -> message.startsWith(title + "\n")).findFirst().orElseThrow();
	}

	private static String read(Path file) {
		try {
			return Files.readString(file);
		}
		catch (IOException ex) {
			throw new UncheckedIOException(ex);
		}
	}

	private static void write(Path file, String text) {
		try {
			Files.writeString(file, text);
		}
		catch (IOException ex) {
			throw new UncheckedIOException(ex);
		}
	}

	@Override
	public void close() {
		this.prometheusProcess.stop();
		this.alertmanagerProcess.stop();
		this.chat.stop(0);
		this.client.shutdownNow();
	}

}
