package dev.holdfast.system;

import java.util.Map;

import dev.holdfast.fixture.Ports;
import org.springframework.context.ConfigurableApplicationContext;

/// A replica in this JVM: quicker to start, and it cannot be killed.
final class LocalReplica extends Replica {

	private final ConfigurableApplicationContext context;

	private LocalReplica(String name, int port, Map<String, String> properties) {
		super(name, port);
		this.context = SystemApplication.run(arguments(name, port, properties).toArray(String[]::new));
	}

	static LocalReplica start(String name, Map<String, String> properties) {
		return new LocalReplica(name, Ports.free(), properties);
	}

	@Override
	public void close() {
		this.context.close();
	}

}
