package dev.holdfast.container;

import java.net.URI;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.BooleanSupplier;
import java.util.regex.Pattern;
import java.util.stream.Stream;

import dev.holdfast.fixture.Await;
import dev.holdfast.fixture.Ports;

/// The stack of `docker-compose.yml` with a name, a network and a port of its own. What
/// happens to a container happens by its id, and closing leaves nothing behind.
final class Stack implements AutoCloseable {

	static final List<String> REPLICAS = List.of("holdfast-1", "holdfast-2");

	static final List<String> REDIS = List.of("redis-1", "redis-2", "redis-3");

	static final String PASSWORD = "operator-password";

	private static final Pattern HANDLED = Pattern.compile("delivery handled .*deliveryId=\"([^\"]+)\"");

	private static final Duration PAUSE = Duration.ofMillis(300);

	private final int port = Ports.free();

	private final List<Integer> monitoring = Ports.free(3);

	private final List<String> compose;

	private final String project;

	private final String network;

	private final Command command;

	private Stack(List<String> compose) {
		int number = 100 + ThreadLocalRandom.current().nextInt(150);
		this.project = "holdfast-it-" + number;
		this.network = "172.29." + number;
		this.compose = new ArrayList<>(compose);
		this.compose.addAll(List.of("--project-name", this.project, "--file", "docker-compose.yml"));
		this.command = new Command(
				Map.of("HOLDFAST_IMAGE", Image.NAME, "HOLDFAST_REDIS_IMAGE", Image.REDIS, "HOLDFAST_PORT",
						String.valueOf(this.port), "HOLDFAST_NETWORK", this.network, "HOLDFAST_OPERATE_PASSWORD",
						PASSWORD, "HOLDFAST_PROMETHEUS_PORT", String.valueOf(this.monitoring.get(0)),
						"HOLDFAST_ALERTMANAGER_PORT", String.valueOf(this.monitoring.get(1)), "HOLDFAST_GRAFANA_PORT",
						String.valueOf(this.monitoring.get(2))),
				Duration.ofMinutes(2));
	}

	/// Starts every container, and does not wait for what runs in them.
	static Stack start() {
		boolean plugin = new Command(Map.of(), Duration.ofSeconds(20)).tryRun(List.of("docker", "compose", "version"))
			.status() == 0;
		Stack stack = new Stack(plugin ? List.of("docker", "compose") : List.of("docker-compose"));
		try {
			stack.compose(
					Stream.concat(Stream.of("up", "--detach", "--no-build"), stack.services()).toArray(String[]::new));
			return stack;
		}
		catch (RuntimeException ex) {
			stack.close();
			throw ex;
		}
	}

	/// All that run on, but for Grafana where its image cannot be had. It is in no
	/// distribution, and nothing needs it.
	private Stream<String> services() {
		List<String> pull = Stream.concat(this.compose.stream(), Stream.of("pull", "grafana")).toList();
		boolean grafana = this.command.tryRun(pull).status() == 0;
		return compose("config", "--services").lines()
			.filter((service) -> !service.equals("backup") && (grafana || !service.equals("grafana")));
	}

	URI prometheus(String path) {
		return URI.create("http://127.0.0.1:" + this.monitoring.get(0) + path);
	}

	URI alertmanager(String path) {
		return URI.create("http://127.0.0.1:" + this.monitoring.get(1) + path);
	}

	URI url(String path) {
		return URI.create("http://127.0.0.1:" + this.port + path);
	}

	String compose(String... arguments) {
		return this.command.run(Stream.concat(this.compose.stream(), Stream.of(arguments)).toList());
	}

	String docker(String verb, String... arguments) {
		return this.command.run(Stream.concat(Stream.of("docker", verb), Stream.of(arguments)).toList());
	}

	/// The id of a service's container, running or not.
	String container(String service) {
		return docker("ps", "--all", "--quiet", "--no-trunc", "--filter",
				"label=com.docker.compose.project=" + this.project, "--filter",
				"label=com.docker.compose.service=" + service)
			.strip();
	}

	/// Whether every container says so of itself.
	boolean isHealthy() {
		return docker("ps", "--filter", "label=com.docker.compose.project=" + this.project, "--format", "{{.Status}}")
			.lines()
			.allMatch((status) -> status.endsWith("(healthy)"));
	}

	/// What a service answers to one of its own programs.
	String inside(String service, String... program) {
		return docker("exec", Stream.concat(Stream.of(container(service)), Stream.of(program)).toArray(String[]::new));
	}

	/// What a replica answers to the operator, who is inside.
	String replicaHealth(String replica, String credentials) {
		return inside("sentinel-1", "curl", "--silent", "--max-time", "5", "--header",
				"Authorization: Basic " + credentials, "http://" + address(replica) + ":8080/actuator/health");
	}

	/// Whether a service takes connections on port 80, asked from within.
	boolean listens(String service) {
		return this.command
			.tryRun(List.of("docker", "exec", container("sentinel-1"), "curl", "--silent", "--max-time", "5",
					"--output", "/dev/null", "http://" + address(service)))
			.status() == 0;
	}

	/// What `redis-cli` prints for somebody who may do anything, and knows one address.
	String redis(String service, String... command) {
		return docker("exec", redisCli(service, command));
	}

	/// The same, or why not.
	String tryRedis(String service, String... command) {
		return this.command
			.tryRun(Stream.concat(Stream.of("docker", "exec"), Stream.of(redisCli(service, command))).toList())
			.output();
	}

	private String[] redisCli(String service, String... command) {
		return Stream
			.concat(Stream.of("--env", "REDISCLI_AUTH=development-operator", container("sentinel-1"), "timeout", "5",
					"redis-cli", "--no-auth-warning", "--user", "operator", "-h", address(service)), Stream.of(command))
			.toArray(String[]::new);
	}

	/// Its address does not change, running or not.
	private String address(String service) {
		return docker("inspect", "--format", "{{range .NetworkSettings.Networks}}{{.IPAMConfig.IPv4Address}}{{end}}",
				container(service))
			.strip();
	}

	/// A name of its own, for what a test adds to the stack.
	String name(String what) {
		return this.project + "_" + what;
	}

	String log(String service) {
		return docker("logs", container(service));
	}

	/// The ids of the deliveries that the handler logged, in no order, one each time.
	List<String> handled() {
		return REPLICAS.stream()
			.map(this::log)
			.flatMap((log) -> HANDLED.matcher(log).results())
			.map((match) -> match.group(1))
			.toList();
	}

	/// When the handler logged a delivery first, on the clock of this machine.
	Instant handledAt(String id) {
		return REPLICAS.stream()
			.flatMap((replica) -> log(replica).lines())
			.filter((line) -> line.contains("delivery handled") && line.contains(id))
			.map((line) -> Instant.parse(line.substring(0, line.indexOf(' '))))
			.min(Instant::compareTo)
			.orElseThrow();
	}

	/// The service where the Sentinels say that the primary is.
	String primary() {
		String address = redis("sentinel-1", "-p", "26379", "sentinel", "get-master-addr-by-name", "holdfast").lines()
			.findFirst()
			.orElseThrow();
		return REDIS.stream().filter((each) -> address(each).equals(address)).findFirst().orElseThrow();
	}

	/// Asks seldom, because each question is a process.
	static void await(String what, Duration limit, BooleanSupplier condition) {
		AtomicLong next = new AtomicLong(System.nanoTime());
		Await.until(what, limit, () -> {
			if (System.nanoTime() - next.get() < 0) {
				return false;
			}
			boolean answer = condition.getAsBoolean();
			next.set(System.nanoTime() + PAUSE.toNanos());
			return answer;
		});
	}

	@Override
	public void close() {
		try {
			compose("kill");
		}
		finally {
			compose("down", "--volumes", "--timeout", "0");
		}
	}

}
