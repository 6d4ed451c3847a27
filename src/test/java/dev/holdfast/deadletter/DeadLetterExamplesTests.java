package dev.holdfast.deadletter;

import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;

import dev.holdfast.HoldfastApplication;
import dev.holdfast.buffer.SegmentKey;
import dev.holdfast.fixture.Await;
import dev.holdfast.fixture.DevelopmentServices;
import dev.holdfast.fixture.ObjectStoreServer;
import dev.holdfast.fixture.RedisTopology;
import dev.holdfast.process.Attempt;
import dev.holdfast.process.DeliveryHandler;
import dev.holdfast.process.Outcome;
import dev.holdfast.telemetry.Meters;
import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.MeterRegistry;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;

import org.springframework.boot.builder.SpringApplicationBuilder;
import org.springframework.context.ConfigurableApplicationContext;

import static org.assertj.core.api.Assertions.assertThat;

/// Runs the examples of `docs/dead-letters.md`, as they stand there, against the whole
/// service on a real Redis and a real S3 server.
@Tag("system")
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class DeadLetterExamplesTests {

	private static final Duration PATIENCE = Duration.ofSeconds(60);

	private static final Pattern EXAMPLE = Pattern.compile("```bash\n(.*?)\n```", Pattern.DOTALL);

	private enum Example {

		LIST, KEY, READ, REPLAY, REPLAY_ALL, DISCARD, DISCARD_ALL

	}

	private final Picky handler = new Picky();

	private RedisTopology redis;

	private ObjectStoreServer store;

	private ConfigurableApplicationContext application;

	private int port;

	private List<String> examples;

	@BeforeAll
	void start() throws Exception {
		this.examples = EXAMPLE.matcher(Files.readString(Path.of("docs", "dead-letters.md")))
			.results()
			.map((MatchResult match) -> match.group(1))
			.toList();
		assertThat(this.examples).hasSize(Example.values().length);
		this.redis = RedisTopology.start();
		this.store = ObjectStoreServer.inMemory();
		List<String> settings = new ArrayList<>(List.of("server.port=0", "server.address=127.0.0.1",
				"holdfast.receive.secret=" + DevelopmentServices.SECRET, "holdfast.operate.password=operator",
				"holdfast.drain-delay=0s", "holdfast.process.poll-interval=200ms", "spring.main.banner-mode=off"));
		this.redis.properties().forEach((name, value) -> settings.add(name + "=" + value));
		this.store.properties().forEach((name, value) -> settings.add(name + "=" + value));
		this.application = new SpringApplicationBuilder(HoldfastApplication.class)
			.initializers((context) -> context.getBeanFactory().registerSingleton("picky", this.handler))
			.run(settings.stream().map((setting) -> "--" + setting).toArray(String[]::new));
		this.port = this.application.getEnvironment().getRequiredProperty("local.server.port", Integer.class);
	}

	@AfterAll
	void stop() {
		for (AutoCloseable part : new AutoCloseable[] { this.application, this.store, this.redis }) {
			try {
				if (part != null) {
					part.close();
				}
			}
			catch (Exception ex) {
				throw new IllegalStateException(ex);
			}
		}
	}

	@BeforeEach
	void clear() {
		awaitIdle();
		this.store.keys(SegmentKey.DEAD_LETTER).forEach(this.store::delete);
		this.store.keys(SegmentKey.RETRY).forEach(this.store::delete);
		this.handler.rejects = true;
		this.handler.keys.clear();
	}

	@Test
	void lists() throws Exception {
		List<String> keys = die(2);
		assertThat(run(Example.LIST)).contains(keys)
			.contains("\"reason\":\"rejected\"", "\"error\":\"no stock\"")
			.contains("\"receivedAt\":\"20", "\"attempts\":1")
			.doesNotContain("email", "next");
	}

	@Test
	void reads() throws Exception {
		String key = die(1).getFirst();
		assertThat(run(Example.READ)).startsWith("POST /webhook HTTP/1.1\r\n")
			.contains("X-Shopify-Topic: orders/create\r\n", "Holdfast-Reason: rejected\r\n")
			.isEqualTo(new String(this.store.read(key), StandardCharsets.UTF_8));
	}

	@Test
	void replaysOnceMoreUnderAnotherIdempotencyKey() throws Exception {
		die(1);
		String died = this.handler.keys.getFirst();
		this.handler.rejects = false;
		assertThat(run(Example.REPLAY)).contains("\"replayed\":1").doesNotContain("error");
		awaitIdle();
		assertThat(this.store.keys(SegmentKey.DEAD_LETTER)).isEmpty();
		assertThat(this.handler.keys).hasSize(2).doesNotHaveDuplicates();
		assertThat(this.handler.keys.getLast()).isEqualTo(died.substring(0, died.length() - 1) + "1");
	}

	@Test
	void hasOneEffectWhenReplayedTwice() throws Exception {
		String key = die(1).getFirst();
		byte[] bytes = this.store.read(key);
		this.handler.rejects = false;
		run(Example.REPLAY);
		awaitIdle();
		this.store.write(key, bytes);
		assertThat(run(Example.REPLAY)).contains("\"replayed\":1");
		awaitIdle();
		assertThat(this.handler.keys).hasSize(2).doesNotHaveDuplicates();
	}

	@Test
	void hasOneEffectOnADoubleClick() throws Exception {
		String url = "/actuator/deadletters/" + die(1).getFirst();
		this.handler.rejects = false;
		try (HttpClient client = HttpClient.newHttpClient()) {
			var clicks = List.of(client.sendAsync(post(url), BodyHandlers.ofString()),
					client.sendAsync(post(url), BodyHandlers.ofString()));
			for (var click : clicks) {
				assertThat(click.join().statusCode()).isIn(200, 404);
			}
		}
		awaitIdle();
		assertThat(this.handler.keys).hasSize(2).doesNotHaveDuplicates();
	}

	@Test
	void replaysManyOverATime() throws Exception {
		die(3);
		this.handler.rejects = false;
		assertThat(run(Example.REPLAY_ALL)).contains("\"found\":3", "\"deadLetters\":3", "\"replayed\":3",
				"\"refused\":[]");
		assertThat(this.store.keys(SegmentKey.DEAD_LETTER)).isEmpty();
		Await.until("the first of three replays is handled", PATIENCE,
				() -> this.store.keys(SegmentKey.RETRY).size() == 2);
		List<Instant> due = this.store.keys(SegmentKey.RETRY)
			.stream()
			.map((key) -> SegmentKey.parse(key).orElseThrow().time())
			.toList();
		assertThat(Duration.between(due.getFirst(), due.getLast())).isEqualTo(Duration.ofSeconds(200));
	}

	@Test
	void discardsOne() throws Exception {
		die(2);
		double before = discarded();
		assertThat(run(Example.DISCARD)).isEqualTo("{\"discarded\":1,\"deliveries\":1,\"kept\":0}");
		assertThat(this.store.keys(SegmentKey.DEAD_LETTER)).hasSize(1);
		assertThat(discarded() - before).isEqualTo(1);
	}

	@Test
	void discardsManyIfConfirmed() throws Exception {
		die(3);
		assertThat(run(Example.DISCARD_ALL)).contains("\"error\"", "confirm=3");
		this.store.delete(this.store.keys(SegmentKey.DEAD_LETTER).getFirst());
		assertThat(run(Example.DISCARD_ALL)).isEqualTo("{\"discarded\":2,\"deliveries\":2,\"kept\":0}");
		assertThat(this.store.keys(SegmentKey.DEAD_LETTER)).isEmpty();
	}

	@Test
	void doesNothingWithoutCredentials() throws Exception {
		String key = die(1).getFirst();
		for (String request : List.of("GET", "GET /" + key, "POST", "POST /" + key, "DELETE ?confirm=1",
				"DELETE /" + key)) {
			String method = request.split(" ")[0];
			String url = "/actuator/deadletters" + request.substring(method.length()).strip();
			for (String credentials : List.of("Bearer none", "Basic b3BlcmF0b3I6d3Jvbmc=")) {
				HttpResponse<String> answer = send(
						HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + this.port + url))
							.header("Authorization", credentials)
							.header("Content-Type", "application/json")
							.method(method, HttpRequest.BodyPublishers.ofString("{}"))
							.build());
				assertThat(answer.statusCode()).as(request).isEqualTo(401);
				assertThat(answer.body()).doesNotContain("deliver");
			}
		}
		assertThat(this.store.keys(SegmentKey.DEAD_LETTER)).containsExactly(key);
	}

	@Test
	void answersInJsonWhatItRefuses() throws Exception {
		String key = die(1).getFirst();
		String gone = "/actuator/deadletters/" + key.replace("-1-", "-2-");
		HttpResponse<String> answer = send(authorized(gone).header("Accept", "application/http, */*").GET().build());
		assertThat(answer.statusCode()).isEqualTo(404);
		assertThat(answer.headers().firstValue("Content-Type").orElse("")).startsWith("application/json");
		assertThat(answer.body()).startsWith("{\"error\":\"There is no such dead letter");
		assertThat(send(authorized("/actuator/deadletters?limit=x").GET().build()).body()).contains("\"error\"");
		HttpResponse<String> forced = send(
				authorized("/actuator/deadletters/" + key).header("Content-Type", "application/json")
					.POST(HttpRequest.BodyPublishers.ofString("{\"force\": true, \"limit\": 3}"))
					.build());
		assertThat(forced.statusCode()).isEqualTo(200);
	}

	/// Sends deliveries that the handler gives up, from the beginning whenever one is
	/// answered with 503: it may be stored all the same.
	/// @return the keys of their dead letters
	private List<String> die(int count) throws Exception {
		String send = "samples/send --url http://127.0.0.1:" + this.port + "/webhook -n " + count
				+ " orders/create || true";
		for (int tries = 1; bash(send).lines().filter((line) -> line.startsWith("200")).count() < count; tries++) {
			assertThat(tries).as("refused by a machine that is too busy").isLessThan(20);
			clear();
		}
		Await.until(count + " dead letters", PATIENCE, () -> this.store.keys(SegmentKey.DEAD_LETTER).size() == count);
		awaitIdle();
		return this.store.keys(SegmentKey.DEAD_LETTER);
	}

	private void awaitIdle() {
		Await.until("nothing to do", PATIENCE, () -> this.store.keys(SegmentKey.INBOX).isEmpty()
				&& this.store.keys(SegmentKey.RETRY).stream().noneMatch(this::isDue));
	}

	private boolean isDue(String key) {
		return SegmentKey.parse(key).orElseThrow().time().isBefore(Instant.now().plusSeconds(2));
	}

	private String run(Example example) throws Exception {
		String script = this.examples.get(example.ordinal());
		String key = script.contains("$key") ? this.examples.get(Example.KEY.ordinal()) + "\n" : "";
		return bash((key + script).replace("localhost:8080", "127.0.0.1:" + this.port));
	}

	private static String bash(String script) throws Exception {
		Process process = new ProcessBuilder("bash", "-euo", "pipefail", "-c", script).redirectErrorStream(true)
			.start();
		process.getOutputStream().close();
		String output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
		assertThat(process.waitFor()).as(output).isZero();
		return output;
	}

	private HttpRequest post(String path) {
		return authorized(path).header("Content-Type", "application/json")
			.POST(HttpRequest.BodyPublishers.ofString("{}"))
			.build();
	}

	private HttpRequest.Builder authorized(String path) {
		return HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + this.port + path))
			.header("Authorization", "Basic b3BlcmF0b3I6b3BlcmF0b3I=");
	}

	private static HttpResponse<String> send(HttpRequest request) throws Exception {
		try (HttpClient client = HttpClient.newHttpClient()) {
			return client.send(request, BodyHandlers.ofString());
		}
	}

	private double discarded() {
		return this.application.getBean(MeterRegistry.class)
			.find(Meters.DISCARDED.id())
			.counters()
			.stream()
			.mapToDouble(Counter::count)
			.sum();
	}

	/// Gives up what it gets, or handles it.
	private static final class Picky implements DeliveryHandler {

		final List<String> keys = new CopyOnWriteArrayList<>();

		volatile boolean rejects = true;

		@Override
		public String name() {
			return "picky";
		}

		@Override
		public Set<String> topics() {
			return Set.of("*");
		}

		@Override
		public Outcome handle(Attempt attempt) {
			this.keys.add(attempt.idempotencyKey());
			return this.rejects ? Outcome.dead("rejected", "no stock") : Outcome.handled();
		}

	}

}
