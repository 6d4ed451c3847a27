package dev.holdfast.container;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.Base64;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.UUID;
import java.util.regex.Pattern;
import java.util.stream.IntStream;

import dev.holdfast.container.Load.Answer;
import dev.holdfast.fixture.Await;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.MethodOrderer.OrderAnnotation;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestMethodOrder;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.testcontainers.junit.jupiter.EnabledIfDockerAvailable;

import static org.assertj.core.api.Assertions.assertThat;

/// The stack as it is delivered, while its parts are taken away one after another.
///
/// In this order, because the lease of a killed replica lasts 30 s, which what comes after
/// it uses up; the last test counts.
@EnabledIfDockerAvailable
@TestMethodOrder(OrderAnnotation.class)
class ComposeIT {

	/// Posts per second: little enough for two cores that run the whole stack and this
	/// test.
	private static final int RATE = Integer.getInteger("holdfast.rate", 50);

	private static final String CREDENTIALS = Base64.getEncoder()
		.encodeToString(("operator:" + Stack.PASSWORD).getBytes(StandardCharsets.UTF_8));

	private static Stack stack;

	private static Load load;

	@BeforeAll
	static void start() {
		timed("image built", Image::build);
		timed("stack up and well", () -> {
			stack = Stack.start();
			load = new Load(stack.url("/webhook"));
			Stack.REPLICAS.forEach(ComposeIT::awaitWell);
			Stack.await("every container is healthy", Duration.ofSeconds(30), stack::isHealthy);
		});
		Stack.REPLICAS.forEach((replica) -> Pattern.compile("Started HoldfastApplication in [0-9.]+ seconds")
			.matcher(stack.log(replica))
			.results()
			.forEach((match) -> say(replica + ": " + match.group())));
	}

	@AfterAll
	static void stop() {
		if (stack != null) {
			load.close();
			stack.close();
		}
	}

	/// The first delivery may wait for the first look at the bucket, so the second
	/// counts.
	@Test
	@Order(1)
	void handlesASampleWithinASecondOfItsAnswer() {
		sendSample();
		Instant answered = Instant.now();
		String id = sendSample();
		Duration took = Duration.between(answered, stack.handledAt(id));
		say("sample handled %d ms after it was sent", took.toMillis());
		assertThat(took).isLessThan(Duration.ofSeconds(1));
		Stack.await("the inbox is empty", Duration.ofSeconds(10), () -> stored("inbox").isEmpty());
	}

	@ParameterizedTest
	@Order(2)
	@CsvSource({ "/webhook, 405", "/actuator/health, 200", "/, 404", "/actuator, 404", "/actuator/prometheus, 404",
			"/actuator/health/liveness, 404", "/actuator/health/../prometheus, 404", "//actuator/prometheus, 404",
			"/webhook/..;/actuator/prometheus, 404" })
	void publishesTheWebhookAndHealthAlone(String path, int status) throws Exception {
		assertThat(get(path).statusCode()).isEqualTo(status);
	}

	@Test
	@Order(3)
	void tellsNobodyOutsideTheDetailsOfItsHealth() throws Exception {
		assertThat(get("/actuator/health").body()).contains("UP").doesNotContain("components");
	}

	@Test
	@Order(3)
	void isWatchedWithTheRulesAndTheOperatorsPassword() throws Exception {
		Await.until("Prometheus sees both replicas", Duration.ofMinutes(1),
				() -> ask(stack.prometheus("/api/v1/query?query=sum(up)")).contains(",\"2\"]"));
		assertThat(ask(stack.prometheus("/api/v1/rules"))).contains("\"StoreFailing\"", "\"RedisDown\"");
		assertThat(ask(stack.alertmanager("/api/v2/status"))).contains("receiver: nobody");
		assertThat(ask(stack.prometheus("/api/v1/status/config"))).doesNotContain(Stack.PASSWORD);
	}

	@Test
	@Order(4)
	void answersThroughTheDeathOfAReplica() {
		List<Answer> answers = load.during(RATE, () -> {
			pass(Duration.ofSeconds(2));
			stack.docker("kill", stack.container("holdfast-2"));
			pass(Duration.ofSeconds(4));
		});
		stack.docker("start", stack.container("holdfast-2"));
		say("replica killed at %d/s: %s, after at most %d ms", RATE, Answers.statuses(answers),
				Answers.longest(answers));
		assertThat(answers).extracting(Answer::status).containsOnly(200);
	}

	@Test
	@Order(5)
	void refusesFastWithoutTheStoreAndTakesAgainWhenItIsBack() {
		stack.docker("kill", stack.container("store"));
		try {
			List<Answer> first = load.during(10, () -> pass(Duration.ofSeconds(5)));
			say("store killed: %s after at most %d ms", Answers.statuses(first), Answers.longest(first));
			assertThat(first).filteredOn((answer) -> answer.status() != 200)
				.extracting(Answer::status)
				.containsOnly(503);
			assertThat(Answers.longest(first)).isLessThan(4500);

			List<Answer> then = IntStream.range(0, 40).mapToObj((_) -> load.post()).toList();
			say("store away: %s after %d ms", Answers.statuses(then), Answers.median(then));
			assertThat(then).extracting(Answer::status).containsOnly(503);
			assertThat(Answers.median(then)).isLessThan(50);
		}
		finally {
			stack.docker("start", stack.container("store"));
		}
		Stack.await("the store listens", Duration.ofMinutes(1), () -> stack.listens("store"));
		// A second for the probe and one for the answer, with time for a store that is
		// cold.
		timed("store back, a delivery taken",
				() -> Await.until("a delivery is taken", Duration.ofSeconds(10), () -> load.post().status() == 200));
	}

	@ParameterizedTest
	@Order(6)
	@ValueSource(strings = { "kill", "pause" })
	void processesAgainSoonAfterThePrimaryIsGone(String how) {
		Stack.await("the primary has a replica", Duration.ofSeconds(60), ComposeIT::hasReplica);
		String primary = stack.primary();
		stack.docker(how, stack.container(primary));
		try {
			Instant gone = Instant.now();
			pass(Duration.ofSeconds(1));
			Answer answer = load.post();
			assertThat(answer.status()).isEqualTo(200);

			Stack.await("a delivery is handled", Duration.ofMinutes(1), () -> stack.handled().contains(answer.id()));
			Duration took = Duration.between(gone, stack.handledAt(answer.id()));
			say("primary gone by %s: processing again after %d ms", how, took.toMillis());
			assertThat(stack.primary()).isNotEqualTo(primary);
			// Down-after and 10 s.
			assertThat(took).isLessThan(Duration.ofSeconds(15));
			assertThatPlainClientsAreLedTo(stack.primary());
		}
		finally {
			stack.docker(how.equals("kill") ? "start" : "unpause", stack.container(primary));
		}
	}

	/// It starts with the address of the first server, which need not be the primary.
	@Test
	@Order(7)
	void leadsPlainClientsToThePrimaryAfterTheirBalancerRestarted() {
		stack.docker("restart", "--time", "0", stack.container("redis-balancer"));
		Stack.await("the balancer answers", Duration.ofSeconds(15),
				() -> stack.tryRedis("redis-balancer", "ping").contains("PONG"));
		assertThatPlainClientsAreLedTo(stack.primary());
	}

	@Test
	@Order(8)
	void answersThroughARollingRestart() {
		Stack.REPLICAS.forEach(ComposeIT::awaitWell);
		List<Answer> answers = load.during(RATE, () -> Stack.REPLICAS.forEach((replica) -> {
			stack.docker("stop", "--time", "45", stack.container(replica));
			stack.docker("start", stack.container(replica));
			awaitWell(replica);
			pass(Duration.ofSeconds(2));
		}));
		say("rolling restart at %d/s: %s, after at most %d ms", RATE, Answers.statuses(answers),
				Answers.longest(answers));
		assertThat(answers).extracting(Answer::status).containsOnly(200);
	}

	@Test
	@Order(9)
	void handlesWhateverItAcknowledged() {
		List<String> acknowledged = load.acknowledged();
		assertThat(acknowledged).isNotEmpty();
		Stack.await("every acknowledged delivery is handled", Duration.ofSeconds(60),
				() -> new HashSet<>(stack.handled()).containsAll(acknowledged));
		List<String> handled = stack.handled();
		Set<String> once = new HashSet<>(handled);
		say("acknowledged %d, handled %d, more than once %d", acknowledged.size(), once.size(),
				handled.size() - once.size());
	}

	@Test
	@Order(10)
	void restoresABackupIntoAnEmptyRedis() {
		Stack.REPLICAS.forEach((replica) -> stack.docker("kill", stack.container(replica)));
		try (Backup backup = new Backup(stack)) {
			timed("backup", () -> say(backup.take().strip()));
			String before = Backup.digest((command) -> stack.redis(stack.primary(), command));
			timed("restored", backup::restore);
			String after = Backup.digest(backup::restored);
			say("restored records: %s", after);
			assertThat(after).isEqualTo(before).matches("[1-9]\\d* [0-9a-f]{40}");
		}
	}

	/// A plain client sees what the primary has, and the other way about.
	private static void assertThatPlainClientsAreLedTo(String primary) {
		String value = UUID.randomUUID().toString();
		Stack.await("the balancer leads to a primary", Duration.ofSeconds(10),
				() -> stack.tryRedis("redis-balancer", "set", "plain-client", value, "ex", "60").contains("OK"));
		assertThat(stack.redis(primary, "get", "plain-client")).contains(value);
	}

	/// @return its delivery id, once it is handled
	private static String sendSample() {
		String line = new Command(Map.of("no_proxy", "*"), Duration.ofSeconds(30))
			.run(List.of("samples/send", "--url", stack.url("/webhook").toString(), "orders/create"));
		assertThat(line).startsWith("200 ");
		String id = line.strip().substring(line.strip().lastIndexOf(' ') + 1);
		Stack.await("the sample is handled", Duration.ofSeconds(15), () -> stack.handled().contains(id));
		return id;
	}

	private static void awaitWell(String replica) {
		Stack.await(replica + " is well", Duration.ofMinutes(3), () -> {
			try {
				return stack.replicaHealth(replica, CREDENTIALS).contains("\"holdfast\":{\"status\":\"UP\"}");
			}
			catch (IllegalStateException ex) {
				return false;
			}
		});
	}

	private static boolean hasReplica() {
		return stack.redis(stack.primary(), "info", "replication").contains("state=online");
	}

	private static String stored(String folder) {
		return stack.inside("store", "find", "/data/holdfast", "-type", "f", "-path", "*/" + folder + "/*");
	}

	private static String ask(URI url) {
		try (HttpClient client = HttpClient.newHttpClient()) {
			return client.send(HttpRequest.newBuilder(url).build(), BodyHandlers.ofString()).body();
		}
		catch (IOException ex) {
			throw new UncheckedIOException(ex);
		}
		catch (InterruptedException ex) {
			Thread.currentThread().interrupt();
			throw new IllegalStateException(ex);
		}
	}

	private static HttpResponse<String> get(String path) throws IOException, InterruptedException {
		try (HttpClient client = HttpClient.newHttpClient()) {
			URI url = stack.url(path);
			return client.send(HttpRequest.newBuilder(url).header("Authorization", "Basic " + CREDENTIALS).build(),
					BodyHandlers.ofString());
		}
	}

	/// Lets the load go on for a time.
	private static void pass(Duration time) {
		long end = System.nanoTime() + time.toNanos();
		Await.until("time passes", time.plusSeconds(1), () -> System.nanoTime() >= end);
	}

	private static Duration timed(String what, Runnable action) {
		long from = System.nanoTime();
		action.run();
		Duration took = Duration.ofNanos(System.nanoTime() - from);
		say("%s: %d ms", what, took.toMillis());
		return took;
	}

	private static void say(String format, Object... arguments) {
		System.out.println("container: " + format.formatted(arguments));
	}

}
