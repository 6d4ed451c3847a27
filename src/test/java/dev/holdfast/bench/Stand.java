package dev.holdfast.bench;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetSocketAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

import dev.holdfast.fixture.RedisProcess;

/// What a measurement stands on: a store, a Redis, and replicas of the service, all new.
final class Stand implements AutoCloseable {

	/// Those of the image.
	private static final Path JVM_OPTIONS = Path.of("src", "main", "jvm", "jvm.options");

	private final Options options;

	private final Path directory;

	private final StubStore store;

	private final RedisProcess redis;

	private final Effects effects;

	private final Journal journal = new Journal();

	private final List<ServiceProcess> replicas = new ArrayList<>();

	Stand(Options options, StubStore.Settings settings) {
		this.options = options;
		try {
			this.directory = Files.createTempDirectory(Files.createDirectories(Options.TARGET), "stand-")
				.toAbsolutePath();
		}
		catch (IOException ex) {
			throw new UncheckedIOException(ex);
		}
		this.effects = new Effects(this.directory.resolve("effects"));
		this.store = StubStore.start(settings);
		this.redis = RedisProcess.start();
	}

	/// Starts replicas, each with so much heap.
	void start(int count, String heap) {
		List<String> jvm = new ArrayList<>(List.of("@" + JVM_OPTIONS.toAbsolutePath(), "-Xms" + heap, "-Xmx" + heap));
		jvm.addAll(this.options.jvm());
		for (int i = 0; i < count; i++) {
			this.replicas.add(new ServiceProcess(jvm, properties(), this.directory));
		}
	}

	private Map<String, String> properties() {
		Map<String, String> properties = new LinkedHashMap<>();
		properties.put("holdfast.receive.secret", Payloads.SECRET);
		properties.put("holdfast.store.endpoint", this.store.endpoint().toString());
		properties.put("holdfast.store.allow-insecure", "true");
		properties.put("holdfast.store.bucket", "bench");
		properties.put("holdfast.store.access-key", "bench");
		properties.put("holdfast.store.secret-key", "bench");
		properties.put("holdfast.drain-delay", "0s");
		properties.put("spring.data.redis.host", this.redis.host());
		properties.put("spring.data.redis.port", Integer.toString(this.redis.port()));
		properties.put(EffectConfiguration.FILE, this.directory.resolve("effects").toString());
		properties.putAll(this.options.properties());
		return properties;
	}

	StubStore store() {
		return this.store;
	}

	Effects effects() {
		return this.effects;
	}

	Journal journal() {
		return this.journal;
	}

	List<InetSocketAddress> addresses() {
		return this.replicas.stream().map(ServiceProcess::address).toList();
	}

	/// Whether nothing is left in the bucket to be done.
	boolean isDrained() {
		return this.store.bucket().count("inbox/") + this.store.bucket().count("retry/") == 0;
	}

	long allocated() {
		return this.replicas.stream().mapToLong(ServiceProcess::allocated).sum();
	}

	long heapAfterCollection() {
		return this.replicas.stream().mapToLong(ServiceProcess::heapAfterCollection).sum();
	}

	void resetPeak() {
		this.replicas.forEach((replica) -> Machine.resetPeak(replica.pid()));
	}

	double peak() {
		return this.replicas.stream().mapToDouble((replica) -> Machine.peak(replica.pid())).sum();
	}

	/// What has been used until now.
	Usage usage() {
		long allocated = allocated();
		return new Usage(System.nanoTime(), Machine.cpu(this.replicas.stream().map(ServiceProcess::pid).toList()),
				Machine.cpu(List.of(this.redis.pid())), Machine.cpu(this.store.thread()), Machine.cpu(), Machine.busy(),
				allocated, this.store.counts().read());
	}

	@Override
	public void close() {
		this.replicas.forEach(ServiceProcess::close);
		this.redis.close();
		this.store.close();
		this.effects.close();
	}

	/// @param service CPU seconds of all replicas
	/// @param redis of Redis
	/// @param store of the store's thread
	/// @param bench of this JVM
	/// @param machine of everything
	/// @param allocated bytes, by the replicas
	record Usage(long at, double service, double redis, double store, double bench, double machine, long allocated,
			StoreCounts.Reading requests) {

		double seconds(Usage earlier) {
			return Duration.ofNanos(this.at - earlier.at).toNanos() / 1e9;
		}

		/// The share of the machine that was used by nothing of this benchmark.
		double foreign(Usage earlier) {
			double ours = this.service - earlier.service + this.redis - earlier.redis + this.bench - earlier.bench;
			return share(this.machine - earlier.machine - ours, earlier);
		}

		private double share(double cpu, Usage earlier) {
			return 100 * cpu / seconds(earlier) / Machine.cpus();
		}

	}

}
