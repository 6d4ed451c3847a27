package dev.holdfast.simulation;

import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collection;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.NavigableMap;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.function.BiConsumer;

import dev.holdfast.buffer.ObjectStore;
import dev.holdfast.buffer.Payload;
import dev.holdfast.buffer.SegmentDecoder;
import dev.holdfast.buffer.SegmentKey;
import dev.holdfast.buffer.StoreException;
import dev.holdfast.buffer.StoreException.Kind;
import dev.holdfast.delivery.Copy;

/// An object store that loses requests and answers, applies them late, lists late and
/// refuses: everything a real one does, short of losing what it confirmed, which it does
/// only when told.
final class SimulatedStore {

	private static final int PAGE = 5;

	private static final int REMEMBERED = 20;

	private static final Duration LISTED_LATE = Duration.ofSeconds(5);

	private final Set<String> poisoned = new HashSet<>();

	private final World world;

	private final Faults faults;

	/// Hears of every object that is stored, and by whom.
	private final BiConsumer<Stored, String> stored;

	private final NavigableMap<String, Stored> objects = new TreeMap<>();

	private final Map<String, Stored> recentlyDeleted = new LinkedHashMap<>();

	SimulatedStore(World world, Faults faults, BiConsumer<Stored, String> stored) {
		this.world = world;
		this.faults = faults;
		this.stored = stored;
	}

	/// What is stored under a prefix.
	List<Stored> under(String prefix) {
		return List.copyOf(range(this.objects, prefix).values());
	}

	Optional<Stored> find(String key) {
		return Optional.ofNullable(this.objects.get(key));
	}

	/// The store as one replica reaches it.
	/// @param death what becomes of whoever reads a poisoned object
	ObjectStore client(String name, Wire wire, Runnable death) {
		return new Client(name, wire, death);
	}

	/// Lets an object be the end of whoever reads it.
	void poison(Stored object) {
		this.poisoned.add(object.key);
	}

	/// Loses what it confirmed.
	void lose(Stored object) {
		this.objects.remove(object.key);
	}

	/// Alters what it confirmed.
	void alter(Stored object) {
		byte[] bytes = damage(object.bytes);
		while (SegmentDecoder.decode(SegmentKey.parse(object.key).orElseThrow(), bytes).unknownVersion()) {
			bytes = damage(object.bytes);
		}
		this.objects.put(object.key, new Stored(object.key, bytes, object.modified, object.copies));
	}

	private byte[] damage(byte[] bytes) {
		int at = this.world.random.nextInt(Math.max(1, bytes.length));
		if (bytes.length == 0 || this.world.random.nextBoolean()) {
			return Arrays.copyOf(bytes,
					Math.min(bytes.length, this.world.random.nextBoolean() ? at : lastDelivery(bytes)));
		}
		byte[] damaged = bytes.clone();
		damaged[at] ^= 1;
		return damaged;
	}

	/// Where the last delivery of a segment begins: cut there, it is shorter and in
	/// order.
	private static int lastDelivery(byte[] bytes) {
		return Math.max(0, new String(bytes, StandardCharsets.ISO_8859_1).lastIndexOf("POST /webhook"));
	}

	private static NavigableMap<String, Stored> range(NavigableMap<String, Stored> objects, String prefix) {
		return objects.subMap(prefix, true, prefix + Character.MAX_VALUE, false);
	}

	private void put(String key, byte[] bytes, List<Copy> copies, String by) {
		Stored object = new Stored(key, bytes, this.world.time(), copies);
		this.world.trace(() -> "stored " + object);
		this.objects.put(key, object);
		if (this.recentlyDeleted.remove(key) != null) {
			this.faults.count("W8 deleted object is back");
		}
		this.stored.accept(object, by);
	}

	private void remove(String key) {
		this.world.trace(() -> "deleted " + key);
		Stored removed = this.objects.remove(key);
		if (removed != null) {
			this.recentlyDeleted.put(key, removed);
			if (this.recentlyDeleted.size() > REMEMBERED) {
				this.recentlyDeleted.remove(this.recentlyDeleted.keySet().iterator().next());
			}
		}
	}

	/// An object.
	///
	/// @param copies what it held when it was written
	@SuppressWarnings("ArrayRecordComponent")
	record Stored(String key, byte[] bytes, Instant modified, List<Copy> copies) {

		@Override
		public String toString() {
			return this.key + this.copies.stream()
				.map((copy) -> " " + copy.delivery().id().printable() + "#" + copy.envelope().run() + "@"
						+ copy.envelope().handler() + " attempt " + copy.envelope().attempt())
				.toList();
		}

	}

	private static StoreException unavailable(String how) {
		return new StoreException(Kind.UNAVAILABLE, how, null);
	}

	private final class Client implements ObjectStore {

		private final String name;

		private final Wire wire;

		private final Runnable death;

		Client(String name, Wire wire, Runnable death) {
			this.name = name;
			this.wire = wire;
			this.death = death;
		}

		@Override
		public void put(String key, Payload payload, Duration atMost) throws StoreException {
			byte[] bytes = payload.toBytes();
			List<Copy> copies = SegmentKey.parse(key)
				.map((segment) -> SegmentDecoder.decode(segment, bytes).copies())
				.orElse(List.of());
			call("put", true, () -> {
				SimulatedStore.this.put(key, bytes, copies, this.name);
				return true;
			});
		}

		@Override
		public byte[] get(String key) throws StoreException {
			if (SimulatedStore.this.poisoned.contains(key)) {
				this.death.run();
			}
			Optional<byte[]> bytes = call("get", false, () -> find(key).map((object) -> read(object.bytes)));
			return bytes.orElseThrow(() -> new StoreException(Kind.NOT_FOUND, "HTTP 404", null));
		}

		private byte[] read(byte[] bytes) {
			return SimulatedStore.this.faults.strike("get", " altered or truncated", 0.6) ? damage(bytes) : bytes;
		}

		@Override
		public Listing list(String prefix, String after) throws StoreException {
			return call("list", false, () -> look(prefix, after));
		}

		private Listing look(String prefix, String after) {
			NavigableMap<String, Stored> seen = range(SimulatedStore.this.objects, prefix);
			boolean gone = SimulatedStore.this.recentlyDeleted.keySet()
				.stream()
				.anyMatch((key) -> key.startsWith(prefix));
			if (gone && SimulatedStore.this.faults.strike("W9 list shows deleted")) {
				NavigableMap<String, Stored> both = new TreeMap<>(SimulatedStore.this.recentlyDeleted);
				both.putAll(seen);
				seen = range(both, prefix);
			}
			Instant date = SimulatedStore.this.world.time();
			boolean late = seen.values().stream().anyMatch((object) -> isNew(object, date))
					&& SimulatedStore.this.faults.strike("W9 list misses new");
			List<Listed> listed = new ArrayList<>();
			for (Stored object : ((after != null) ? seen.tailMap(after, false) : seen).values()) {
				if (!late || !isNew(object, date)) {
					if (listed.size() == PAGE) {
						return new Listing(listed, date, true);
					}
					listed.add(new Listed(object.key, object.bytes.length,
							object.modified.truncatedTo(ChronoUnit.SECONDS)));
				}
			}
			return new Listing(listed, date, false);
		}

		private static boolean isNew(Stored object, Instant date) {
			return Duration.between(object.modified, date).compareTo(LISTED_LATE) < 0;
		}

		@Override
		public void copy(String from, String to) throws StoreException {
			boolean found = call("copy", true, () -> {
				Optional<Stored> object = find(from);
				object.ifPresent((there) -> SimulatedStore.this.put(to, there.bytes, there.copies, this.name));
				return object.isPresent();
			});
			if (!found) {
				throw new StoreException(Kind.NOT_FOUND, "HTTP 404", null);
			}
		}

		@Override
		public Set<String> delete(Collection<String> keys) throws StoreException {
			return call("delete", true, () -> {
				Set<String> refused = new HashSet<>();
				for (String key : keys) {
					if (SimulatedStore.this.faults.strike("W8 delete refuses a key")) {
						refused.add(key);
					}
					else {
						remove(key);
					}
				}
				return refused;
			});
		}

		private <T> T call(String name, boolean changes, java.util.function.Supplier<T> effect) throws StoreException {
			if (SimulatedStore.this.faults.strike(name, " slow down", 0.3)) {
				SimulatedStore.this.world.moment(20);
				throw new StoreException(Kind.SLOW_DOWN, "HTTP 503 SlowDown", null);
			}
			return this.wire.call(name, changes, effect, SimulatedStore::unavailable);
		}

	}

}
