package dev.holdfast.system;

import java.net.URI;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.ThreadLocalRandom;
import java.util.stream.Stream;

import dev.holdfast.fixture.FaultProxy;
import dev.holdfast.fixture.Firewall;
import dev.holdfast.fixture.ObjectStoreServer;
import dev.holdfast.fixture.RedisProcess;
import dev.holdfast.fixture.RedisTopology;
import dev.holdfast.fixture.StoreProxy;
import dev.holdfast.fixture.TopologyOptions;
import org.jspecify.annotations.Nullable;

/// Three replicas in JVMs of their own, a Redis with two replicas behind three
/// Sentinels, each on an address of its own, and a store behind a proxy that knows its
/// requests and one that knows bytes alone.
final class Stage implements AutoCloseable {

	static final Duration DOWN_AFTER = Duration.ofSeconds(2);

	/// How far a replica of Redis may lag, on a busy machine.
	static final Duration LAG = Duration.ofSeconds(1);

	/// How long a primary without replicas takes writes: `min-replicas-max-lag`, and
	/// until it looks.
	static final Duration WRITABLE = Duration.ofSeconds(4);

	/// A mark waits for the one in flight, and then for its own.
	private static final int FLIGHTS = 2;

	private final String network = Firewall.network();

	private final @Nullable Firewall firewall = Firewall.isPossible() ? Firewall.open() : null;

	private final RedisTopology redis;

	private final Site site;

	private final StoreProxy store;

	private final FaultProxy wayToStore;

	private final Duration skew;

	private final List<OwnReplica> replicas;

	private final WebhookClient client = new WebhookClient();

	private volatile long redisTroubledSince = Long.MAX_VALUE;

	/// @param more settings of the replicas
	/// @param skew how far the store's clock is off theirs
	Stage(Class<?> test, Map<String, String> more, Duration skew) {
		TopologyOptions options = TopologyOptions.defaults()
			.downAfter(DOWN_AFTER)
			.replicas(2)
			.redisLines(List.of("min-replicas-to-write 1", "min-replicas-max-lag 2", "repl-timeout 5"));
		this.redis = RedisTopology.start((this.firewall != null) ? options.network(this.network) : options);
		this.site = Site.create(test, this.redis.properties());
		this.store = this.site.keep(StoreProxy.to(this.site.store()));
		this.skew = skew;
		this.store.skew(skew);
		this.wayToStore = this.site.keep(FaultProxy.to(this.store.port()));
		Map<String, String> properties = new HashMap<>(more);
		properties.put("holdfast.store.endpoint", "http://127.0.0.1:" + this.wayToStore.port());
		this.replicas = Stream.of("a", "b", "c").map((name) -> this.site.own(name, properties)).toList();
		this.replicas.forEach(Replica::awaitServing);
	}

	@Nullable Firewall firewall() {
		return this.firewall;
	}

	/// All of Redis, and all of the Sentinels.
	String redisNetwork() {
		return this.network + ".0/24";
	}

	Duration skew() {
		return this.skew;
	}

	RedisTopology redis() {
		return this.redis;
	}

	List<RedisProcess> sentinels() {
		return this.redis.sentinels().processes();
	}

	Site site() {
		return this.site;
	}

	StoreProxy store() {
		return this.store;
	}

	FaultProxy wayToStore() {
		return this.wayToStore;
	}

	List<OwnReplica> replicas() {
		return this.replicas;
	}

	OwnReplica any(Random random) {
		return this.replicas.get(random.nextInt(this.replicas.size()));
	}

	WebhookClient client() {
		return this.client;
	}

	/// Any replica, whatever its health: no load balancer chooses.
	URI url() {
		return this.replicas.get(ThreadLocalRandom.current().nextInt(this.replicas.size())).webhook();
	}

	/// Redis is in trouble from now on, or no more.
	void redisTroubled(boolean troubled) {
		this.redisTroubledSince = troubled ? System.nanoTime() : Long.MAX_VALUE;
	}

	boolean isRedisTroubled() {
		return this.redisTroubledSince != Long.MAX_VALUE;
	}

	/// From when on marks of a replica may not have been confirmed: its last two
	/// flights, or as long as Redis is in trouble.
	long unmarkedSince(OwnReplica replica) {
		long flights = LAG.toNanos();
		try {
			double slowest = replica.meters()
				.sum("holdfast_redis_scripts_seconds_max", "script=\"mark\"", "outcome=\"ok\"");
			flights = (long) (slowest * FLIGHTS * 1e9);
		}
		catch (RuntimeException ex) {
			// It is not in a state to say.
		}
		return Math.min(System.nanoTime() - flights, this.redisTroubledSince - LAG.toNanos());
	}

	History history() {
		return new History(this.client.answers(), this.site.begun(), this.site.effects());
	}

	/// The deliveries whose objects wait in the store now.
	Set<String> waiting() {
		Map<String, Sample> samples = Sample.byId(this.client.answers());
		Set<String> ids = new HashSet<>();
		objects("inbox/", "retry/").forEach((object) -> Reckoning.read(object, samples, ids));
		return ids;
	}

	List<byte[]> deadLetters() {
		return objects("dead-letter/");
	}

	/// Of what is deleted meanwhile there is nothing to read.
	private List<byte[]> objects(String... prefixes) {
		ObjectStoreServer server = this.site.store();
		List<byte[]> objects = new ArrayList<>();
		Stream.of(prefixes).flatMap((prefix) -> server.keys(prefix).stream()).forEach((key) -> {
			try {
				objects.add(server.read(key));
			}
			catch (RuntimeException ex) {
				// Deleted since.
			}
		});
		return objects;
	}

	@Override
	public void close() {
		this.client.close();
		this.site.close();
		this.redis.close();
		if (this.firewall != null) {
			this.firewall.close();
		}
	}

}
