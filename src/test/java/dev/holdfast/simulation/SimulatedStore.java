package dev.holdfast.simulation;

import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.NavigableMap;
import java.util.Set;
import java.util.TreeMap;

import dev.holdfast.buffer.ObjectStore;
import dev.holdfast.buffer.Payload;
import dev.holdfast.buffer.StoreException;
import dev.holdfast.buffer.StoreException.Kind;

/// An object store that loses requests and answers, applies them late, lists late and
/// refuses: everything a real one does, short of losing what it confirmed.
final class SimulatedStore {

	private final World world;

	private final Faults faults;

	private final NavigableMap<String, Stored> objects = new TreeMap<>();

	private final Map<String, Stored> recentlyDeleted = new LinkedHashMap<>();

	private final World.Process network;

	SimulatedStore(World world, Faults faults, World.Process network) {
		this.world = world;
		this.faults = faults;
		this.network = network;
	}

	/// What is stored under a prefix.
	Map<String, byte[]> under(String prefix) {
		Map<String, byte[]> found = new TreeMap<>();
		this.objects.tailMap(prefix)
			.entrySet()
			.stream()
			.takeWhile((entry) -> entry.getKey().startsWith(prefix))
			.forEach((entry) -> found.put(entry.getKey(), entry.getValue().bytes));
		return found;
	}

	/// The store as one replica reaches it.
	ObjectStore client() {
		return new Client();
	}

	private void put(String key, byte[] bytes) {
		this.world.trace(() -> "stored " + key + " " + ids(bytes));
		this.objects.put(key, new Stored(bytes, this.world.time()));
	}

	private static String ids(byte[] bytes) {
		StringBuilder ids = new StringBuilder();
		for (String line : new String(bytes, java.nio.charset.StandardCharsets.ISO_8859_1).split("\r\n")) {
			if (line.matches("(X-Shopify-Webhook-Id|Holdfast-(Run|Attempt|Handler|Reason)): .*")) {
				ids.append(line.substring(line.indexOf(':') + 1));
			}
		}
		return ids.toString();
	}

	private void remove(String key) {
		this.world.trace(() -> "deleted " + key);
		Stored removed = this.objects.remove(key);
		if (removed != null) {
			this.recentlyDeleted.put(key, removed);
			if (this.recentlyDeleted.size() > 20) {
				this.recentlyDeleted.remove(this.recentlyDeleted.keySet().iterator().next());
			}
		}
	}

	private record Stored(byte[] bytes, Instant modified) {
	}

	private final class Client implements ObjectStore {

		@Override
		public void put(String key, Payload payload, Duration atMost) throws StoreException {
			byte[] bytes = payload.toBytes();
			write("put", () -> SimulatedStore.this.put(key, bytes));
		}

		@Override
		public byte[] get(String key) throws StoreException {
			before("get");
			Stored stored = SimulatedStore.this.objects.get(key);
			byte[] bytes = (stored != null) ? stored.bytes : null;
			if (bytes != null && SimulatedStore.this.faults.strike("get truncated", 0.3)) {
				bytes = java.util.Arrays.copyOf(bytes, SimulatedStore.this.world.random.nextInt(bytes.length));
			}
			else if (bytes != null && SimulatedStore.this.faults.strike("get altered", 0.3)) {
				bytes = bytes.clone();
				bytes[SimulatedStore.this.world.random.nextInt(bytes.length)] ^= 1;
			}
			after("get");
			if (bytes == null) {
				throw new StoreException(Kind.NOT_FOUND, "HTTP 404", null);
			}
			return bytes;
		}

		@Override
		public Listing list(String prefix, String after) throws StoreException {
			before("list");
			NavigableMap<String, Stored> seen = new TreeMap<>(SimulatedStore.this.objects);
			if (SimulatedStore.this.faults.strike("list shows deleted")) {
				seen.putAll(SimulatedStore.this.recentlyDeleted);
			}
			boolean late = SimulatedStore.this.faults.strike("list misses new");
			Instant date = SimulatedStore.this.world.time();
			List<Listed> listed = new ArrayList<>();
			for (Map.Entry<String, Stored> entry : seen.tailMap(prefix).entrySet()) {
				if (!entry.getKey().startsWith(prefix)) {
					break;
				}
				boolean hidden = late && Duration.between(entry.getValue().modified, date).toSeconds() < 5;
				if (!hidden && (after == null || entry.getKey().compareTo(after) > 0)) {
					listed.add(new Listed(entry.getKey(), entry.getValue().bytes.length,
							entry.getValue().modified.truncatedTo(java.time.temporal.ChronoUnit.SECONDS)));
				}
			}
			after("list");
			boolean truncated = listed.size() > 5;
			return new Listing(truncated ? listed.subList(0, 5) : listed, date, truncated);
		}

		@Override
		public void copy(String from, String to) throws StoreException {
			Stored stored = SimulatedStore.this.objects.get(from);
			if (stored == null) {
				throw new StoreException(Kind.NOT_FOUND, "HTTP 404", null);
			}
			write("copy", () -> SimulatedStore.this.put(to, stored.bytes));
		}

		@Override
		public Set<String> delete(Collection<String> keys) throws StoreException {
			Set<String> refused = new HashSet<>();
			write("delete", () -> {
				for (String key : keys) {
					if (SimulatedStore.this.faults.strike("delete refuses a key")) {
						refused.add(key);
					}
					else {
						remove(key);
					}
				}
			});
			return refused;
		}

		private void write(String operation, Runnable effect) throws StoreException {
			before(operation);
			if (SimulatedStore.this.faults.strike(operation + " applied late")) {
				SimulatedStore.this.world.timer(
						Duration.ofMillis(SimulatedStore.this.world.random.nextInt(60_000)).toNanos(),
						SimulatedStore.this.network, effect);
				throw new StoreException(Kind.UNAVAILABLE, "no answer", null);
			}
			effect.run();
			after(operation);
		}

		private void before(String operation) throws StoreException {
			SimulatedStore.this.world.moment(20);
			if (SimulatedStore.this.faults.strike(operation + " request lost")) {
				throw new StoreException(Kind.UNAVAILABLE, "no connection", null);
			}
			if (SimulatedStore.this.faults.strike(operation + " slow down", 0.3)) {
				throw new StoreException(Kind.SLOW_DOWN, "HTTP 503 SlowDown", null);
			}
		}

		private void after(String operation) throws StoreException {
			SimulatedStore.this.world.moment(20);
			if (SimulatedStore.this.faults.strike(operation + " answer lost")) {
				throw new StoreException(Kind.UNAVAILABLE, "no answer", null);
			}
		}

	}

}
