package dev.holdfast.process;

import java.nio.charset.StandardCharsets;
import java.time.Duration;

import dev.holdfast.buffer.ObjectStore;
import dev.holdfast.buffer.Payload;
import dev.holdfast.buffer.StoreException;
import dev.holdfast.schedule.Scheduler;
import dev.holdfast.telemetry.Condition;
import dev.holdfast.telemetry.Conditions;

/// The object `holdfast.name` in the bucket says which name its deliveries are marked
/// under. A replica with another name does not process them: staging and production on one
/// bucket would close each other's deliveries.
final class NameMarker {

	static final String KEY = "holdfast.name";

	private static final Duration AT_MOST = Duration.ofSeconds(10);

	private static final Duration AGAIN = Duration.ofMinutes(5);

	private static final Duration CONFLICT_AGAIN = Duration.ofSeconds(5);

	private final ObjectStore store;

	private final String name;

	private final Scheduler scheduler;

	private final Conditions conditions;

	private volatile boolean ours;

	private boolean known;

	private long checked;

	NameMarker(ObjectStore store, String name, Scheduler scheduler, Conditions conditions) {
		this.store = store;
		this.name = name;
		this.scheduler = scheduler;
		this.conditions = conditions;
	}

	/// Whether the bucket was found to be ours.
	boolean isOurs() {
		return this.ours;
	}

	/// Looks at the marker now and then, and leaves one in a bucket that has none. Two
	/// names that begin at the same moment both write; the next look tells them apart.
	/// @throws StoreException if the store does not say
	boolean check() throws StoreException {
		long now = this.scheduler.nanoTime();
		Duration wait = this.ours ? AGAIN : CONFLICT_AGAIN;
		if (this.known && now - this.checked < wait.toNanos()) {
			return this.ours;
		}
		String found = read();
		if (found.isEmpty()) {
			this.store.put(KEY, Payload.of((this.name + "\n").getBytes(StandardCharsets.UTF_8)), AT_MOST);
			found = read();
		}
		this.ours = found.equals(this.name);
		this.checked = now;
		this.known = true;
		if (this.ours) {
			this.conditions.clear(Condition.NAME_CONFLICT);
		}
		else {
			this.conditions.raise(Condition.NAME_CONFLICT,
					"The bucket belongs to holdfast.name '" + found + "', this replica's is '" + this.name
							+ "': set the same name, or give each its own bucket or holdfast.store.prefix. "
							+ "Deliveries are received but not processed here");
		}
		return this.ours;
	}

	private String read() throws StoreException {
		try {
			return new String(this.store.get(KEY), StandardCharsets.UTF_8).strip();
		}
		catch (StoreException ex) {
			if (ex.kind() == StoreException.Kind.NOT_FOUND) {
				return "";
			}
			throw ex;
		}
	}

}
