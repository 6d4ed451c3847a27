package dev.holdfast.system;

import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

import dev.holdfast.fixture.OwnedProcess;
import dev.holdfast.fixture.Ports;

/// A replica in a JVM of its own, which can be killed, frozen, ended and started again on
/// the same port. Each start has another name: `a.1`, `a.2`.
final class OwnReplica extends Replica {

	private static final List<String> JVM = List.of(Path.of(System.getProperty("java.home"), "bin", "java").toString(),
			"-Xmx256m", "-XX:+ExitOnOutOfMemoryError", "-XX:TieredStopAtLevel=1", "-XX:+UseSerialGC", "-Xshare:auto",
			"-cp", System.getProperty("surefire.test.class.path", System.getProperty("java.class.path")));

	private final Path log;

	private final Map<String, String> properties;

	private OwnedProcess process;

	private int starts;

	private OwnReplica(String name, Path directory, Map<String, String> properties) {
		super(name, Ports.free());
		this.log = directory.resolve(name + ".log");
		this.properties = properties;
		this.process = launch();
	}

	/// Returns before it serves.
	static OwnReplica start(String name, Path directory, Map<String, String> properties) {
		return new OwnReplica(name, directory, properties);
	}

	private OwnedProcess launch() {
		this.starts++;
		List<String> command = new ArrayList<>(JVM);
		command.add(SystemApplication.class.getName());
		command.addAll(arguments(incarnation(), port(), this.properties));
		return OwnedProcess.start(command, Path.of("").toAbsolutePath(), this.log);
	}

	/// The name of this start, as its handlers write it down.
	String incarnation() {
		return name() + "." + this.starts;
	}

	/// SIGKILL. Returns when it is gone.
	void kill9() {
		this.process.kill();
	}

	/// SIGTERM. Returns whether it has ended within this time.
	boolean terminate(Duration limit) {
		return this.process.terminate(limit);
	}

	void freeze() {
		this.process.signal("STOP");
	}

	void thaw() {
		this.process.signal("CONT");
	}

	/// Starts it again after it has ended; returns before it serves.
	void restart() {
		if (this.process.isAlive()) {
			throw new IllegalStateException(name() + " runs");
		}
		this.process = launch();
	}

	boolean isAlive() {
		return this.process.isAlive();
	}

	long pid() {
		return this.process.pid();
	}

	@Override
	public void close() {
		this.process.kill();
	}

}
