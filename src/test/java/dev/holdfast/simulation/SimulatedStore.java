package dev.holdfast.simulation;

import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.NavigableMap;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.function.BiConsumer;
import java.util.function.Consumer;

import dev.holdfast.buffer.Decoded;
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

	private static final int DOWN_AFTER = 20;

	private static final Duration LISTED_LATE = Duration.ofSeconds(5);

	/// How often each object was the end of whoever read it.
	private final Map<String, Integer> poisoned = new HashMap<>();

	/// How often each was read with damage.
	private final Map<String, Integer> damaged = new HashMap<>();

	private final World world;

	private final Faults faults;

	private final Rules rules;

	/// Hears of every object that is stored, and by whom.
	private final BiConsumer<Stored, String> stored;

	/// Hears of every object that is deleted.
	private final Consumer<Stored> deleted;

	/// How many PUTs of what is received failed in a row, by replica.
	private final Map<String, Integer> failures = new HashMap<>();

	private final NavigableMap<String, Stored> objects = new TreeMap<>();

	private final Map<String, Stored> recentlyDeleted = new LinkedHashMap<>();

	SimulatedStore(World world, Faults faults, Rules rules, BiConsumer<Stored, String> stored,
			Consumer<Stored> deleted) {
		this.world = world;
		this.faults = faults;
		this.rules = rules;
		this.stored = stored;
		this.deleted = deleted;
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
	/// @param slowedDown hears that the store asked for fewer requests
	ObjectStore client(String name, Wire wire, Runnable death, Runnable slowedDown) {
		return new Client(name, wire, death, slowedDown);
	}

	/// Whether the store is down for a replica, beyond doubt.
	boolean isDown(String name) {
		return this.failures.getOrDefault(name, 0) > DOWN_AFTER;
	}

	/// Lets an object be the end of whoever reads it.
	void poison(Stored object) {
		this.poisoned.put(object.key(), 0);
	}

	/// Loses what it confirmed.
	void lose(Stored object) {
		this.objects.remove(object.key());
	}

	/// Alters what it confirmed.
	void alter(Stored object) {
		byte[] bytes = Damage.to(object.bytes(), this.world.random);
		while (SegmentDecoder.decode(SegmentKey.parse(object.key()).orElseThrow(),
				bytes) instanceof Decoded.UnknownVersion) {
			bytes = Damage.to(object.bytes(), this.world.random);
		}
		this.objects.put(object.key(), new Stored(object.key(), bytes, object.modified(), object.copies()));
		this.damaged.put(object.key(), 2);
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

	private void copy(Stored object, String to, String by) {
		this.rules.keptRaw(object, this.damaged.getOrDefault(object.key(), 0) > 1,
				this.poisoned.containsKey(object.key()));
		put(to, object.bytes(), object.copies(), by);
	}

	private void remove(String key) {
		this.world.trace(() -> "deleted " + key);
		Stored removed = this.objects.remove(key);
		if (removed != null) {
			this.deleted.accept(removed);
			this.recentlyDeleted.put(key, removed);
			if (this.recentlyDeleted.size() > REMEMBERED) {
				this.recentlyDeleted.remove(this.recentlyDeleted.keySet().iterator().next());
			}
		}
	}

	private static StoreException unavailable(String how) {
		return new StoreException(Kind.UNAVAILABLE, how, null);
	}

	private final class Client implements ObjectStore {

		private final String name;

		private final Wire wire;

		private final Runnable death;

		private final Runnable slowedDown;

		Client(String name, Wire wire, Runnable death, Runnable slowedDown) {
			this.name = name;
			this.wire = wire;
			this.death = death;
			this.slowedDown = slowedDown;
		}

		@Override
		public void put(String key, Payload payload, Duration atMost) throws StoreException {
			byte[] bytes = payload.toBytes();
			List<Copy> copies = SegmentKey.parse(key)
				.map((segment) -> SegmentDecoder.decode(segment, bytes).copies())
				.orElse(List.of());
			boolean counts = !key.startsWith(SegmentKey.RETRY) && !key.startsWith(SegmentKey.DEAD_LETTER);
			if (counts) {
				SimulatedStore.this.failures.merge(this.name, 1, Integer::sum);
			}
			call("put", true, () -> {
				SimulatedStore.this.put(key, bytes, copies, this.name);
				return true;
			});
			if (counts) {
				SimulatedStore.this.failures.remove(this.name);
			}
		}

		@Override
		public byte[] get(String key) throws StoreException {
			if (SimulatedStore.this.poisoned.containsKey(key)) {
				SimulatedStore.this.rules.killed(key, SimulatedStore.this.poisoned.merge(key, 1, Integer::sum));
				this.death.run();
			}
			Optional<byte[]> bytes = call("get", false, () -> find(key).map((object) -> read(object)));
			return bytes.orElseThrow(() -> new StoreException(Kind.NOT_FOUND, "HTTP 404", null));
		}

		private byte[] read(Stored object) {
			if (SimulatedStore.this.faults.strike("get", " altered or truncated", 0.6)) {
				SimulatedStore.this.damaged.merge(object.key(), 1, Integer::sum);
				return Damage.to(object.bytes(), SimulatedStore.this.world.random);
			}
			return object.bytes();
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
					listed.add(new Listed(object.key(), object.bytes().length,
							object.modified().truncatedTo(ChronoUnit.SECONDS)));
				}
			}
			return new Listing(listed, date, false);
		}

		private static boolean isNew(Stored object, Instant date) {
			return Duration.between(object.modified(), date).compareTo(LISTED_LATE) < 0;
		}

		@Override
		public void copy(String from, String to) throws StoreException {
			boolean found = call("copy", true, () -> {
				Optional<Stored> object = find(from);
				object.ifPresent((there) -> SimulatedStore.this.copy(there, to, this.name));
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
				this.slowedDown.run();
				throw new StoreException(Kind.SLOW_DOWN, "HTTP 503 SlowDown", null);
			}
			return this.wire.call(name, changes, effect, SimulatedStore::unavailable);
		}

	}

}
