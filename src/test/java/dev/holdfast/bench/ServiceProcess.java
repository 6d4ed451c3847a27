package dev.holdfast.bench;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.lang.management.ManagementFactory;
import java.net.HttpURLConnection;
import java.net.InetSocketAddress;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

import javax.management.MBeanServerConnection;
import javax.management.remote.JMXConnector;
import javax.management.remote.JMXConnectorFactory;
import javax.management.remote.JMXServiceURL;

import com.sun.management.GarbageCollectorMXBean;
import com.sun.management.GcInfo;
import com.sun.management.ThreadMXBean;
import com.sun.tools.attach.AttachNotSupportedException;
import com.sun.tools.attach.VirtualMachine;
import dev.holdfast.fixture.Await;
import dev.holdfast.fixture.OwnedProcess;
import dev.holdfast.fixture.Ports;

/// The service in a JVM of its own, as it is packaged, with the benchmark's handler beside
/// it.
final class ServiceProcess implements AutoCloseable {

	/// The packaged service, extracted; without it, the classes of this build are taken.
	static final String JAR = "bench.service";

	private static final Duration START = Duration.ofSeconds(90);

	private static final List<Class<?>> HANDLER = List.of(EffectConfiguration.class, EffectHandler.class,
			Payloads.class);

	private final int port = Ports.free();

	private final OwnedProcess process;

	private final JMXConnector connector;

	private final ThreadMXBean threads;

	private final List<GarbageCollectorMXBean> collectors;

	/// @param jvm options of the JVM
	/// @param properties of the service
	ServiceProcess(List<String> jvm, Map<String, String> properties, Path directory) {
		List<String> command = new ArrayList<>();
		command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
		command.addAll(jvm);
		command.addAll(List.of("-cp", classPath(directory), "dev.holdfast.HoldfastApplication",
				"--server.address=127.0.0.1", "--server.port=" + this.port));
		properties.forEach((name, value) -> command.add("--" + name + "=" + value));
		this.process = OwnedProcess.start(command, directory, directory.resolve("service-" + this.port + ".log"));
		try {
			Await.until("the service at " + this.port + ", see " + directory, START, this::isServing);
			this.connector = attach(this.process.pid());
			MBeanServerConnection server = this.connector.getMBeanServerConnection();
			this.threads = ManagementFactory.newPlatformMXBeanProxy(server, ManagementFactory.THREAD_MXBEAN_NAME,
					ThreadMXBean.class);
			this.collectors = ManagementFactory.getPlatformMXBeans(server, GarbageCollectorMXBean.class);
		}
		catch (IOException ex) {
			this.process.kill();
			throw new UncheckedIOException(ex);
		}
		catch (RuntimeException ex) {
			this.process.kill();
			throw ex;
		}
	}

	private static String classPath(Path directory) {
		String jar = System.getProperty(JAR);
		String service = (jar != null) ? Path.of(jar).toAbsolutePath().toString()
				: System.getProperty("surefire.test.class.path", System.getProperty("java.class.path"));
		return handler(directory) + java.io.File.pathSeparator + service;
	}

	/// A class path with the handler and nothing else of the tests.
	private static Path handler(Path directory) {
		Path target = directory.resolve("handler");
		for (Class<?> type : HANDLER) {
			String file = type.getName().replace('.', '/') + ".class";
			try (InputStream bytes = type.getClassLoader().getResourceAsStream(file)) {
				Path copy = target.resolve(file);
				if (bytes != null && !Files.exists(copy)) {
					Files.createDirectories(copy.getParent());
					Files.copy(bytes, copy);
				}
			}
			catch (IOException ex) {
				throw new UncheckedIOException(ex);
			}
		}
		return target;
	}

	private boolean isServing() {
		if (!this.process.isAlive()) {
			throw new IllegalStateException("The service ended at its start");
		}
		try {
			URI health = URI.create("http://127.0.0.1:" + this.port + "/actuator/health");
			HttpURLConnection connection = (HttpURLConnection) health.toURL().openConnection();
			connection.setReadTimeout(2000);
			boolean up = connection.getResponseCode() == 200;
			connection.disconnect();
			return up;
		}
		catch (IOException ex) {
			throw new UncheckedIOException(ex);
		}
	}

	private static JMXConnector attach(long pid) throws IOException {
		try {
			VirtualMachine machine = VirtualMachine.attach(Long.toString(pid));
			String address = machine.startLocalManagementAgent();
			machine.detach();
			return JMXConnectorFactory.connect(new JMXServiceURL(address));
		}
		catch (AttachNotSupportedException ex) {
			throw new IOException(ex);
		}
	}

	InetSocketAddress address() {
		return new InetSocketAddress("127.0.0.1", this.port);
	}

	long pid() {
		return this.process.pid();
	}

	/// Bytes allocated since its start.
	long allocated() {
		return this.threads.getTotalThreadAllocatedBytes();
	}

	/// What the last collection left in the heap, garbage that it did not look at
	/// included; 0 before the first.
	long heapAfterCollection() {
		GcInfo last = null;
		for (GarbageCollectorMXBean collector : this.collectors) {
			GcInfo info = collector.getLastGcInfo();
			last = (info != null && (last == null || info.getEndTime() > last.getEndTime())) ? info : last;
		}
		return (last == null) ? 0
				: last.getMemoryUsageAfterGc()
					.entrySet()
					.stream()
					.filter((pool) -> pool.getKey().matches(".*(Eden|Survivor|Old|Tenured|Heap).*"))
					.mapToLong((pool) -> pool.getValue().getUsed())
					.sum();
	}

	@Override
	public void close() {
		try {
			this.connector.close();
		}
		catch (IOException ex) {
			// It has gone already.
		}
		if (!this.process.terminate(Duration.ofSeconds(30))) {
			this.process.kill();
		}
	}

}
