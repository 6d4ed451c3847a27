package dev.holdfast.process;

import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.NavigableMap;
import java.util.Set;
import java.util.TreeMap;
import java.util.function.Predicate;
import java.util.function.UnaryOperator;

import dev.holdfast.buffer.ObjectStore;
import dev.holdfast.buffer.Payload;
import dev.holdfast.buffer.SegmentDecoder;
import dev.holdfast.buffer.SegmentKey;
import dev.holdfast.buffer.StoreException;
import dev.holdfast.buffer.StoreException.Kind;
import dev.holdfast.delivery.Copy;
import dev.holdfast.simulation.World;

/// A store in the world of a test, which fails and alters as told, and says what it was
/// asked in the order of all that happens.
final class BenchStore implements ObjectStore {

	private final World world;

	private final List<String> events;

	private final NavigableMap<String, Stored> objects = new TreeMap<>();

	/// Which requests fail, as `put <key>`.
	Predicate<String> failing = (_) -> false;

	/// What a GET brings.
	UnaryOperator<byte[]> reading = UnaryOperator.identity();

	/// How many keys an answer to LIST has at most.
	int page = 20;

	BenchStore(World world, List<String> events) {
		this.world = world;
		this.events = events;
	}

	List<String> keys(String prefix) {
		return this.objects.keySet().stream().filter((key) -> key.startsWith(prefix)).toList();
	}

	/// All copies under a prefix.
	List<Copy> copies(String prefix) {
		List<Copy> copies = new ArrayList<>();
		for (String key : keys(prefix)) {
			copies.addAll(SegmentDecoder.decode(SegmentKey.parse(key).orElseThrow(), bytes(key)).copies());
		}
		return copies;
	}

	byte[] bytes(String key) {
		return this.objects.get(key).bytes;
	}

	void set(String key, byte[] bytes) {
		this.objects.put(key, new Stored(bytes, this.world.time()));
	}

	@Override
	public void put(String key, Payload payload, Duration atMost) throws StoreException {
		asked("put " + key);
		set(key, payload.toBytes());
	}

	@Override
	public byte[] get(String key) throws StoreException {
		asked("get " + key);
		return this.reading.apply(existing(key).bytes.clone());
	}

	@Override
	public Listing list(String prefix, String after) throws StoreException {
		asked("list " + prefix);
		List<Listed> listed = this.objects.entrySet()
			.stream()
			.filter((object) -> object.getKey().startsWith(prefix)
					&& (after == null || object.getKey().compareTo(after) > 0))
			.map((object) -> new Listed(object.getKey(), object.getValue().bytes.length, object.getValue().modified))
			.toList();
		return new Listing(listed.subList(0, Math.min(this.page, listed.size())), this.world.time(),
				listed.size() > this.page);
	}

	@Override
	public void copy(String from, String to) throws StoreException {
		asked("copy " + from);
		set(to, existing(from).bytes);
	}

	@Override
	public Set<String> delete(Collection<String> keys) throws StoreException {
		asked("delete " + String.join(" ", keys));
		keys.forEach(this.objects::remove);
		return Set.of();
	}

	private Stored existing(String key) throws StoreException {
		Stored stored = this.objects.get(key);
		if (stored == null) {
			throw new StoreException(Kind.NOT_FOUND, "HTTP 404", null);
		}
		return stored;
	}

	private void asked(String request) throws StoreException {
		this.events.add(request);
		if (this.failing.test(request)) {
			throw new StoreException(Kind.UNAVAILABLE, "HTTP 500", null);
		}
	}

	@SuppressWarnings("ArrayRecordComponent")
	private record Stored(byte[] bytes, Instant modified) {
	}

}
