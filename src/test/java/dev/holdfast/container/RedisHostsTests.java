package dev.holdfast.container;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.Consumer;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

import dev.holdfast.fixture.Await;

import static org.assertj.core.api.Assertions.assertThat;

/// What `deploy/redis` and `deploy/haproxy/redis.cfg` do when a primary dies: real
/// Sentinels run the scripts, and a client that knows one address finds the new
/// primary.
@Tag("system")
class RedisHostsTests {

	private static final Duration FAILOVER = Duration.ofSeconds(20);

	private final List<JsonNode> alerts = new CopyOnWriteArrayList<>();

	private final List<JsonNode> messages = new CopyOnWriteArrayList<>();

	@TempDir
	private Path directory;

	private HttpServer told;

	private RedisHosts hosts;

	@BeforeEach
	void start() throws IOException {
		this.told = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
		this.told.createContext("/api/v2/alerts",
				(exchange) -> take(exchange, (body) -> body.forEach(this.alerts::add)));
		this.told.createContext("/slack", (exchange) -> take(exchange, this.messages::add));
		this.told.start();
		this.hosts = new RedisHosts(this.directory, Map.of("ALERTMANAGER_URL", url(""), "SLACK_WEBHOOK_URL",
				url("/slack"), "RECONFIG_HOOK", hook().toString()));
	}

	@AfterEach
	void stop() {
		this.hosts.close();
		this.told.stop(0);
	}

	@Test
	void sentinelsTellOfAFailoverAndPlainClientsFollowIt() throws Exception {
		this.hosts.start();
		Await.until("a plain client is served", FAILOVER, () -> set("before"));

		String old = this.hosts.address(11);
		this.hosts.kill(11);
		Await.until("a plain client is served again", FAILOVER, () -> set("after"));
		String primary = this.hosts.redis(13, "-p", "26379", "sentinel", "get-master-addr-by-name", "holdfast")
			.lines()
			.findFirst()
			.orElseThrow();

		assertThat(primary).isNotEqualTo(old);
		assertThat(this.hosts.redis(primary.endsWith("12") ? 12 : 16, "get", "plain")).contains("after");
		Await.until("the hook was called", FAILOVER, () -> Files.exists(this.directory.resolve("hooked")));
		assertThat(Files.readAllLines(this.directory.resolve("hooked"))).containsOnly(primary + " 6379");
		Await.until("the balancer is pointed there", FAILOVER,
				() -> ask("show servers state redis").contains(" primary " + primary + " "));
		Await.until("all Sentinels have told", FAILOVER, () -> alerts("switch-master").size() == 3);
		assertThat(alerts("switch-master")).allSatisfy((alert) -> {
			assertThat(alert.at("/labels/alertname").asString()).isEqualTo("RedisFailover");
			assertThat(alert.at("/labels/severity").asString()).isEqualTo("ticket");
			assertThat(alert.at("/labels/master").asString()).isEqualTo("holdfast");
			assertThat(alert.at("/labels/instance").asString()).isEqualTo(primary + ":6379");
			assertThat(alert.at("/annotations/description").asString()).contains(old);
			assertThat(Instant.parse(alert.path("endsAt").asString())).isAfter(Instant.now());
		});
		assertThat(this.alerts).filteredOn((alert) -> alert.at("/labels/instance").asString().startsWith(old))
			.extracting((alert) -> alert.at("/labels/event").asString())
			.contains("odown", "sdown");
		assertThat(lastOf("odown", old)).as("over with the failover").isBeforeOrEqualTo(Instant.now());
		assertThat(this.messages).extracting((message) -> message.path("text").asString())
			.containsExactly("Redis holdfast: %s:6379 takes over as the primary".formatted(primary));

		comesBackAsAReplica(11);
		this.hosts.kill(RedisHosts.BALANCER);
		this.hosts.startBalancer();
		Await.until("a balancer that starts anew finds the primary", FAILOVER, () -> set("anew"));
		assertThat(this.hosts.redis(primary.endsWith("12") ? 12 : 16, "get", "plain")).contains("anew");
	}

	/// From the start: it does not take itself for the primary that it was.
	private void comesBackAsAReplica(int host) {
		this.hosts.startServer(host);
		Await.until("it answers", FAILOVER, () -> this.hosts.redis(host, "ping").contains("PONG"));
		assertThat(this.hosts.redis(host, "role")).startsWith("slave");
		Await.until("nothing is said against it any more", FAILOVER,
				() -> !lastOf("sdown", this.hosts.address(host)).isAfter(Instant.now()));
	}

	/// When the alert ends, as last told.
	private Instant lastOf(String event, String address) {
		return Instant.parse(alerts(event).stream()
			.filter((alert) -> alert.at("/labels/instance").asString().startsWith(address))
			.toList()
			.getLast()
			.path("endsAt")
			.asString());
	}

	@ParameterizedTest
	@CsvSource({ "notification-script +new-epoch 7, 0", "notification-script, 2", "client-reconfig-script holdfast, 2",
			"client-reconfig-script holdfast leader start 10.0.0.1 6379 10.0.0.2;x 6379, 2",
			"client-reconfig-script holdfast leader start 10.0.0.1 6379 10.0.0.2 6379, 0" })
	void scriptsEndWithAStatusThatSentinelUnderstands(String call, int status) {
		assertThat(run(Map.of("SLACK_WEBHOOK_URL", url("/slack")), call).status()).isEqualTo(status);
		assertThat(this.messages).isEmpty();
	}

	@Test
	void sentinelCallsAgainWhereTheBalancerWasNotReached() {
		String nobody = "127.0.0.1:1";
		assertThat(run(Map.of("HAPROXY_RUNTIME", nobody),
				"client-reconfig-script holdfast leader start 10.0.0.1 6379 10.0.0.2 6379")
			.status()).isOne();
	}

	@Test
	void tellsNobodyWhereNobodyIsNamed() {
		assertThat(run(Map.of(), "notification-script +odown").status()).isZero();
	}

	@Test
	void quotesWhatIsNotWellFormed() {
		assertThat(run(Map.of("ALERTMANAGER_URL", url("")), "notification-script +tilt \"\\").status()).isZero();
		assertThat(this.alerts).singleElement()
			.satisfies((alert) -> assertThat(alert.at("/annotations/description").asString()).isEqualTo("+tilt \"\\"));
	}

	private Command.Result run(Map<String, String> environment, String call) {
		return new Command(environment, Duration.ofSeconds(30)).tryRun(List.of(("deploy/redis/" + call).split(" ")));
	}

	private boolean set(String value) {
		return this.hosts.redis(RedisHosts.BALANCER, "set", "plain", value).contains("OK");
	}

	private String ask(String question) {
		return new Command(Map.of("QUESTION", question), Duration.ofSeconds(5))
			.run(List.of("sh", "-c", "echo \"$QUESTION\" | curl --silent telnet://" + this.hosts.runtimeApi()));
	}

	private List<JsonNode> alerts(String event) {
		return this.alerts.stream().filter((alert) -> alert.at("/labels/event").asString().equals(event)).toList();
	}

	private String url(String path) {
		return "http://127.0.0.1:" + this.told.getAddress().getPort() + path;
	}

	private Path hook() throws IOException {
		Path file = this.directory.resolve("hook");
		Files.writeString(file, "#!/bin/sh\necho \"$@\" >> " + this.directory.resolve("hooked") + "\n");
		file.toFile().setExecutable(true);
		return file;
	}

	private static void take(HttpExchange exchange, Consumer<JsonNode> taker) throws IOException {
		try (exchange) {
			taker.accept(JsonMapper.shared().readTree(exchange.getRequestBody().readAllBytes()));
			exchange.sendResponseHeaders(200, -1);
		}
	}

}
