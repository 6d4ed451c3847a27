package dev.holdfast.system;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Collectors;

import dev.holdfast.fixture.OwnedProcess;
import dev.holdfast.fixture.Ports;

/// HAProxy before replicas. It looks at their health each 200 ms, and tries another replica
/// only where a connection could not be made: a webhook is never sent twice.
final class Balancer implements AutoCloseable {

	private static final String CONFIGURATION = """
			defaults
			  mode http
			  timeout connect 1s
			  timeout client 30s
			  timeout server 10s
			  timeout check 2s
			  retries 3
			  option redispatch 1
			  retry-on conn-failure
			frontend webhooks
			  bind 127.0.0.1:%d
			  default_backend replicas
			backend replicas
			  balance roundrobin
			  option httpchk GET /actuator/health
			  http-check expect status 200
			  default-server check inter 200ms fall 2 rise 1
			%s
			""";

	private final int port;

	private final OwnedProcess process;

	private Balancer(int port, OwnedProcess process) {
		this.port = port;
		this.process = process;
	}

	static boolean isInstalled() {
		return OwnedProcess.onPath("haproxy");
	}

	static Balancer start(Path directory, List<? extends Replica> replicas) {
		int port = Ports.free();
		String servers = replicas.stream()
			.map((replica) -> "  server %s 127.0.0.1:%d".formatted(replica.name(), replica.port()))
			.collect(Collectors.joining("\n"));
		try {
			Path file = Files.writeString(directory.resolve("haproxy.cfg"), CONFIGURATION.formatted(port, servers));
			return new Balancer(port, OwnedProcess.start(List.of("haproxy", "-db", "-f", file.toString()), directory,
					directory.resolve("haproxy.log")));
		}
		catch (IOException ex) {
			throw new UncheckedIOException(ex);
		}
	}

	URI webhook() {
		return URI.create("http://127.0.0.1:" + this.port + "/webhook");
	}

	@Override
	public void close() {
		this.process.kill();
	}

}
