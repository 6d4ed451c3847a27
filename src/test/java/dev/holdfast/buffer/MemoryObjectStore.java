package dev.holdfast.buffer;

import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.NavigableMap;
import java.util.Set;
import java.util.TreeMap;

import dev.holdfast.buffer.StoreException.Kind;

/// An object store in memory with a clock that stands until it is set, which fails when it
/// is told to: before it did what was asked, or after, as when an answer is lost.
public final class MemoryObjectStore implements ObjectStore {

	/// What is asked of a store.
	public enum Operation {

		PUT, GET, LIST, COPY, DELETE

	}

	/// When it fails.
	public enum Moment {

		BEFORE, AFTER

	}

	private final NavigableMap<String, Stored> objects = new TreeMap<>();

	private final List<Fault> faults = new ArrayList<>();

	private final List<String> calls = new ArrayList<>();

	private final Set<String> garbled = new HashSet<>();

	private final Set<String> undeletable = new HashSet<>();

	private Instant date = Instant.parse("2026-11-20T02:00:00Z");

	private int pageSize = 1000;

	private Runnable onceListed;

	/// Sets the clock, which dates answers and objects.
	public synchronized void setDate(Instant date) {
		this.date = date;
	}

	public synchronized Instant date() {
		return this.date;
	}

	public synchronized void advance(Duration duration) {
		this.date = this.date.plus(duration);
	}

	public synchronized void setPageSize(int pageSize) {
		this.pageSize = pageSize;
	}

	/// Refuses to delete a key from now on.
	public synchronized void refuseToDelete(String key) {
		this.undeletable.add(key);
	}

	/// Fails the next call of an operation whose key contains a text.
	public synchronized void failNext(Operation operation, Moment moment, String containing) {
		this.faults.add(new Fault(operation, moment, containing));
	}

	/// Does something once the next LIST was answered.
	public synchronized void onceListed(Runnable action) {
		this.onceListed = action;
	}

	/// Answers the next GET of a key with damaged bytes.
	public synchronized void garbleNext(String key) {
		this.garbled.add(key);
	}

	/// Changes the bytes of an object.
	public synchronized void alter(String key, String from, String to) {
		Stored stored = this.objects.get(key);
		String text = new String(stored.bytes, StandardCharsets.ISO_8859_1).replace(from, to);
		this.objects.put(key, new Stored(text.getBytes(StandardCharsets.ISO_8859_1), stored.lastModified));
	}

	/// Removes an object as another would.
	public synchronized void remove(String key) {
		this.objects.remove(key);
	}

	/// All keys with a prefix.
	public synchronized List<String> keys(String prefix) {
		return this.objects.keySet().stream().filter((key) -> key.startsWith(prefix)).toList();
	}

	/// What was asked, each as its operation and its first key or prefix.
	public synchronized List<String> calls() {
		return List.copyOf(this.calls);
	}

	@Override
	public synchronized void put(String key, Payload payload, Duration atMost) throws StoreException {
		call(Operation.PUT, key, () -> this.objects.put(key, new Stored(payload.toBytes(), this.date)));
	}

	@Override
	public synchronized byte[] get(String key) throws StoreException {
		call(Operation.GET, key, () -> {
		});
		byte[] bytes = existing(key).bytes.clone();
		if (this.garbled.remove(key)) {
			bytes[bytes.length / 2] ^= 1;
		}
		return bytes;
	}

	@Override
	public synchronized Listing list(String prefix, String after) throws StoreException {
		call(Operation.LIST, prefix, () -> {
		});
		Listing page = page(prefix, after);
		Runnable action = this.onceListed;
		this.onceListed = null;
		if (action != null) {
			action.run();
		}
		return page;
	}

	private Listing page(String prefix, String after) {
		List<Listed> page = new ArrayList<>();
		for (Map.Entry<String, Stored> object : this.objects.entrySet()) {
			String key = object.getKey();
			if (key.startsWith(prefix) && (after == null || key.compareTo(after) > 0)) {
				if (page.size() == this.pageSize) {
					return new Listing(page, this.date, true);
				}
				page.add(new Listed(key, object.getValue().bytes.length, object.getValue().lastModified));
			}
		}
		return new Listing(page, this.date, false);
	}

	@Override
	public synchronized void copy(String from, String to) throws StoreException {
		Stored source = existing(from);
		call(Operation.COPY, from, () -> this.objects.put(to, new Stored(source.bytes, this.date)));
	}

	@Override
	public synchronized Set<String> delete(Collection<String> keys) throws StoreException {
		Set<String> kept = new HashSet<>(keys);
		kept.retainAll(this.undeletable);
		call(Operation.DELETE, String.join(" ", keys),
				() -> keys.stream().filter((key) -> !kept.contains(key)).forEach(this.objects::remove));
		return kept;
	}

	private Stored existing(String key) throws StoreException {
		Stored stored = this.objects.get(key);
		if (stored == null) {
			throw new StoreException(Kind.NOT_FOUND, "no such object", null);
		}
		return stored;
	}

	private void call(Operation operation, String keys, Runnable effect) throws StoreException {
		this.calls.add(operation + " " + keys);
		Fault fault = this.faults.stream()
			.filter((candidate) -> candidate.operation == operation && keys.contains(candidate.containing))
			.findFirst()
			.orElse(null);
		this.faults.remove(fault);
		if (fault == null || fault.moment == Moment.AFTER) {
			effect.run();
		}
		if (fault != null) {
			throw new StoreException(Kind.UNAVAILABLE, "no answer", null);
		}
	}

	private record Fault(Operation operation, Moment moment, String containing) {
	}

	@SuppressWarnings("ArrayRecordComponent")
	private record Stored(byte[] bytes, Instant lastModified) {
	}

}
