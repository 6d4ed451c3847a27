package dev.holdfast.system;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Collection;
import java.util.Deque;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;

import dev.holdfast.fixture.Await;
import dev.holdfast.fixture.DevelopmentServices;
import dev.holdfast.fixture.ObjectStoreServer;
import org.jspecify.annotations.Nullable;

import static org.assertj.core.api.Assertions.assertThat;

/// Where replicas run in a test: their bucket, their settings, and what their handlers
/// write down, in a directory under `target/system`.
final class Site implements AutoCloseable {

	private static final Duration DRAINED = Duration.ofSeconds(90);

	private final Path directory;

	private final ObjectStoreServer store;

	private final Map<String, String> properties = new LinkedHashMap<>();

	private final Deque<AutoCloseable> parts = new ArrayDeque<>();

	private Site(Path directory, ObjectStoreServer store) {
		this.directory = directory;
		this.store = store;
	}

	/// @param redis the settings that lead to Redis
	static Site create(Class<?> test, Map<String, String> redis) {
		return create(test, redis, ObjectStoreServer.inMemory());
	}

	/// @param store which is closed with the site
	static Site create(Class<?> test, Map<String, String> redis, ObjectStoreServer store) {
		try {
			Path base = Files.createDirectories(Path.of("target", "system").toAbsolutePath());
			Site site = new Site(Files.createTempDirectory(base, test.getSimpleName() + "-"), store);
			site.properties.putAll(site.store.properties());
			site.properties.putAll(redis);
			site.properties.put("holdfast.receive.secret", DevelopmentServices.SECRET);
			site.properties.put("holdfast.drain-delay", "0s");
			site.properties.put("holdfast.process.poll-interval", "1s");
			site.properties.put("logging.level.root", "INFO");
			site.properties.put("logging.level.dev.holdfast.deliveries", "WARN");
			site.properties.put(SystemApplication.RECORD, site.directory.toString());
			return site;
		}
		catch (IOException ex) {
			throw new UncheckedIOException(ex);
		}
	}

	/// The settings that lead to one Redis, without Sentinels.
	static Map<String, String> plain(int port) {
		return Map.of("spring.data.redis.host", "127.0.0.1", "spring.data.redis.port", Integer.toString(port));
	}

	Path directory() {
		return this.directory;
	}

	ObjectStoreServer store() {
		return this.store;
	}

	/// Starts a replica in its own JVM; it does not serve yet.
	OwnReplica own(String name, Map<String, String> more) {
		return keep(OwnReplica.start(name, this.directory, with(more)));
	}

	/// Starts a replica in this JVM.
	LocalReplica local(String name, Map<String, String> more) {
		Map<String, String> quiet = with(more);
		quiet.put("logging.threshold.console", "OFF");
		quiet.put("logging.file.name", this.directory.resolve("local.log").toString());
		quiet.put("spring.jmx.enabled", "false");
		return keep(LocalReplica.start(name, quiet));
	}

	/// Closes a part together with this site, before those that came earlier.
	<T extends AutoCloseable> T keep(T part) {
		this.parts.push(part);
		return part;
	}

	private Map<String, String> with(Map<String, String> more) {
		Map<String, String> all = new LinkedHashMap<>(this.properties);
		all.putAll(more);
		return all;
	}

	List<Handled> begun() {
		return Handled.read(this.directory.resolve(Handled.BEGUN));
	}

	List<Handled> effects() {
		return Handled.read(this.directory.resolve(Handled.EFFECTS));
	}

	/// Waits until there are so many more effects than now.
	void awaitEffects(int more, Duration limit) {
		Path file = this.directory.resolve(Handled.EFFECTS);
		long enough = file.toFile().length() + (long) more * Handled.LONGEST_LINE;
		Await.until(more + " more effects", limit, () -> file.toFile().length() >= enough);
	}

	/// Lets handlers fail until told otherwise.
	void failing(boolean failing) {
		control("fail", failing);
	}

	/// Keeps the handlers of a replica from returning until told otherwise.
	void holding(String incarnation, boolean holding) {
		control("hold-" + incarnation, holding);
	}

	private void control(String name, boolean on) {
		try {
			Path file = this.directory.resolve(name);
			if (on) {
				Files.createFile(file);
			}
			else {
				Files.delete(file);
			}
		}
		catch (IOException ex) {
			throw new UncheckedIOException(ex);
		}
	}

	int waiting() {
		return this.store.keys("inbox/").size() + this.store.keys("retry/").size();
	}

	int deadLetters() {
		return this.store.keys("dead-letter/").size();
	}

	/// Waits until inbox and retries are empty, and asserts that handlers got all of
	/// these and nothing else, byte for byte.
	/// @return how often effects were repeated
	int awaitHandled(Collection<Sample> accepted) {
		return awaitHandled(accepted, accepted);
	}

	/// The same, where some were sent and not accepted: they may be handled (window W1).
	int awaitHandled(Collection<Sample> accepted, Collection<Sample> sent) {
		Await.until("an empty inbox and no retries", DRAINED, () -> waiting() == 0);
		Map<String, String> bodies = sent.stream().collect(Collectors.toMap(Sample::id, Sample::sha256, (a, b) -> a));
		List<Handled> effects = effects();
		Map<String, Set<String>> got = effects.stream()
			.collect(Collectors.groupingBy(Handled::deliveryId,
					Collectors.mapping(Handled::sha256, Collectors.toSet())));
		Set<String> missing = accepted.stream().map(Sample::id).collect(Collectors.toCollection(HashSet::new));
		missing.removeAll(got.keySet());
		assertThat(missing).as("acknowledged and not handled").isEmpty();
		Set<String> unexpected = new HashSet<>(got.keySet());
		unexpected.removeAll(bodies.keySet());
		assertThat(unexpected).as("handled and never sent").isEmpty();
		got.forEach((id, sha256) -> assertThat(sha256).as("bodies of " + id).containsExactly(bodies.get(id)));
		assertThat(deadLetters()).as("dead letters").isZero();
		return effects.size() - Handled.byKey(effects).size();
	}

	/// The figures of a scenario, in one line.
	static void print(String scenario, String figures, @Nullable Object... values) {
		System.out.println("system: " + scenario + ": " + figures.formatted(values));
	}

	@Override
	public void close() {
		while (!this.parts.isEmpty()) {
			try {
				this.parts.pop().close();
			}
			catch (Exception ex) {
				throw new IllegalStateException(ex);
			}
		}
		this.store.close();
	}

}
