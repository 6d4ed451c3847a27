package dev.holdfast.container;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;

import dev.holdfast.fixture.Await;
import dev.holdfast.fixture.Firewall;
import dev.holdfast.fixture.OwnedProcess;

/// Redis as `deploy` sets it up on bare hosts: three servers, three Sentinels and a
/// balancer, each with an address of its own on the loopback interface, and the usual
/// ports.
final class RedisHosts implements AutoCloseable {

	static final List<Integer> SERVERS = List.of(11, 12, 16);

	static final List<Integer> SENTINELS = List.of(13, 14, 15);

	static final int BALANCER = 17;

	private static final List<String> USERS = List.of("HOLDFAST", "REPLICA", "SENTINEL", "BALANCER", "BACKUP",
			"OPERATOR");

	private final String network = Firewall.network();

	private final Path directory;

	private final Map<String, String> scripts;

	private final Map<Integer, OwnedProcess> processes = new LinkedHashMap<>();

	/// @param scripts what the scripts of Sentinel find in their environment
	RedisHosts(Path directory, Map<String, String> scripts) {
		this.directory = directory;
		this.scripts = scripts;
	}

	/// Returns when every Sentinel knows everybody.
	void start() {
		SERVERS.forEach(this::startServer);
		SENTINELS.forEach((host) -> start(host, "deploy/redis/start", "sentinel"));
		startBalancer();
		Await.until("the Sentinels know the servers and each other", Duration.ofSeconds(40),
				() -> SENTINELS.stream()
					.map((host) -> redis(host, "-p", "26379", "sentinel", "masters").replaceAll("\\s+", " "))
					.allMatch((answer) -> answer.contains("num-slaves 2 num-other-sentinels 2")));
	}

	void startServer(int host) {
		start(host, "deploy/redis/start", "redis");
	}

	void startBalancer() {
		start(BALANCER, "haproxy", "-db", "-f", "deploy/haproxy/redis.cfg");
	}

	void kill(int host) {
		this.processes.remove(host).kill();
	}

	String address(int host) {
		return this.network + "." + host;
	}

	String runtimeApi() {
		return address(BALANCER) + ":9999";
	}

	/// What `redis-cli` prints for somebody who may do anything, or why not.
	String redis(int host, String... command) {
		List<String> whole = List.of("timeout", "2", "redis-cli", "--no-auth-warning", "--user", "operator", "-h",
				address(host));
		return new Command(Map.of("REDISCLI_AUTH", "operator-password"), Duration.ofSeconds(5))
			.tryRun(Stream.concat(whole.stream(), Stream.of(command)).toList())
			.output();
	}

	String log(int host) {
		try {
			return Files.readString(this.directory.resolve(host + ".log"));
		}
		catch (IOException ex) {
			throw new UncheckedIOException(ex);
		}
	}

	private void start(int host, String... program) {
		List<String> command = new ArrayList<>(List.of("env"));
		environment(host).forEach((name, value) -> command.add(name + "=" + value));
		command.addAll(List.of(program));
		this.processes.put(host,
				OwnedProcess.start(command, Path.of("").toAbsolutePath(), this.directory.resolve(host + ".log")));
	}

	private Map<String, String> environment(int host) {
		Map<String, String> environment = new LinkedHashMap<>(this.scripts);
		USERS.forEach((user) -> environment.put("REDIS_" + user + "_PASSWORD", user.toLowerCase() + "-password"));
		environment.put("REDIS_ADDRESS", address(host));
		environment.put("REDIS_PRIMARY", address(SERVERS.getFirst()));
		environment.put("REDIS_SENTINELS", String.join(" ", SENTINELS.stream().map(this::address).toList()));
		environment.put("REDIS_DATA", data(host));
		environment.put("NOTIFICATION_SCRIPT", Path.of("deploy/redis/notification-script").toAbsolutePath().toString());
		environment.put("CLIENT_RECONFIG_SCRIPT",
				Path.of("deploy/redis/client-reconfig-script").toAbsolutePath().toString());
		environment.put("HAPROXY_REDIS", address(BALANCER) + ":6379");
		environment.put("HAPROXY_RUNTIME", runtimeApi());
		for (int i = 0; i < SERVERS.size(); i++) {
			environment.put("REDIS_" + (i + 1), address(SERVERS.get(i)) + ":6379");
		}
		return environment;
	}

	private String data(int host) {
		try {
			return Files.createDirectories(this.directory.resolve(String.valueOf(host))).toString();
		}
		catch (IOException ex) {
			throw new UncheckedIOException(ex);
		}
	}

	@Override
	public void close() {
		this.processes.values().forEach(OwnedProcess::kill);
	}

}
