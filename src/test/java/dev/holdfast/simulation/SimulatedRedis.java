package dev.holdfast.simulation;

import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.function.LongSupplier;

import dev.holdfast.ledger.Ledger.Begun;
import dev.holdfast.ledger.Ledger.Claim;
import dev.holdfast.ledger.Ledger.Closed;
import dev.holdfast.ledger.Ledger.CopyKey;
import dev.holdfast.ledger.Ledger.Lease;
import dev.holdfast.ledger.Ledger.Mark;
import dev.holdfast.ledger.Ledger.MarkAnswer;
import dev.holdfast.ledger.Ledger.Settlement;

/// What Redis holds, and every earlier state of it.
public final class SimulatedRedis {

	/// Before the name of a record that was let go.
	static final String RELEASED = "released ";

	private final LongSupplier clock;

	private final UndoLog log = new UndoLog();

	private final UndoLog.Table<Entry> entries = this.log.new Table<>();

	private final UndoLog.Table<Value> leases = this.log.new Table<>();

	private final UndoLog.Table<Count> counts = this.log.new Table<>();

	private long ticketUntil;

	private int losses;

	/// How often each record was begun and let go, and each segment claimed, whatever was
	/// forgotten.
	private final Map<String, Integer> taken = new HashMap<>();

	public SimulatedRedis(LongSupplier clock) {
		this.clock = clock;
	}

	/// A call begins: its writes are replicated, or lost, together.
	void begins() {
		this.log.begins();
	}

	/// Goes on with an earlier state, as a replica that had not got the last writes.
	/// @param back how many calls are lost
	/// @return the records that are not what they were, or not whose they were, or not
	/// for as long
	Set<String> failOver(int back) {
		Map<String, Entry> before = this.entries.copy();
		Map<String, Long> alive = alive();
		this.losses++;
		this.log.takeBack(back);
		Map<String, Long> stillAlive = alive();
		alive.entrySet().removeIf((lease) -> stillAlive.getOrDefault(lease.getKey(), 0L) >= lease.getValue());
		Set<String> exposed = new HashSet<>(alive.keySet());
		before.forEach((record, entry) -> {
			if (!entry.equals(this.entries.get(record))) {
				exposed.add(record);
			}
		});
		return exposed;
	}

	int calls() {
		return this.log.calls();
	}

	/// How often it forgot something.
	int losses() {
		return this.losses;
	}

	/// Forgets everything.
	/// @return the records it had
	public Set<String> flush() {
		Set<String> records = this.entries.copy().keySet();
		begins();
		this.losses++;
		this.entries.clear();
		this.leases.clear();
		this.counts.clear();
		this.ticketUntil = 0;
		return records;
	}

	/// Ends all leases, as a jump of Redis's clock does.
	/// @return the records that have lost their owners
	Set<String> endAllLeases() {
		Set<String> alive = alive().keySet();
		begins();
		this.leases.clear();
		return alive;
	}

	/// Ends a lease, as time does.
	public void endLease(String segment) {
		this.leases.remove(segment);
	}

	/// The open records whose owner is alive, and until when.
	private Map<String, Long> alive() {
		Map<String, Long> alive = new HashMap<>();
		this.entries.forEach((record, entry) -> {
			if (entry.closed == null && isAlive(entry.owner)) {
				alive.put(record, this.leases.get(segment(entry.owner)).expires);
			}
		});
		return alive;
	}

	static String segment(String owner) {
		return owner.substring(0, owner.lastIndexOf('/'));
	}

	/// The open records that belong to one of these tokens.
	Set<String> owned(Set<String> tokens) {
		Set<String> owned = new HashSet<>();
		this.entries.forEach((record, entry) -> {
			if (isOwned(entry, tokens)) {
				owned.add(record);
			}
		});
		return owned;
	}

	private static boolean isOwned(Entry entry, Set<String> tokens) {
		return entry.closed == null && tokens.contains(entry.owner.substring(entry.owner.lastIndexOf('/') + 1));
	}

	long now() {
		return this.clock.getAsLong();
	}

	/// A record was begun, or a segment claimed.
	void took(String name) {
		this.taken.merge(name, 1, Integer::sum);
	}

	int taken(String name) {
		return this.taken.getOrDefault(name, 0);
	}

	boolean isDone(String record) {
		Entry entry = this.entries.get(record);
		return entry != null && entry.closed == Closed.DONE;
	}

	boolean isClosed(String record) {
		Entry entry = this.entries.get(record);
		return entry != null && entry.closed != null;
	}

	/// The value of a lease that has not ended, or null.
	String lease(String segment) {
		Value value = this.leases.get(segment);
		return (value != null && value.expires > this.clock.getAsLong()) ? value.text : null;
	}

	Count count(String segment) {
		return Objects.requireNonNullElse(this.counts.get(segment), new Count(0, false));
	}

	void count(String segment, Count count) {
		this.counts.put(segment, count);
	}

	void lease(String segment, String text, Duration time) {
		this.leases.put(segment, new Value(text, this.clock.getAsLong() + time.toNanos()));
	}

	Duration left(String segment) {
		return Duration.ofMillis((this.leases.get(segment).expires - this.clock.getAsLong()) / 1_000_000);
	}

	boolean isAlive(String owner) {
		int slash = owner.lastIndexOf('/');
		return slash > 0 && owner.substring(slash + 1).equals(lease(owner.substring(0, slash)));
	}

	Entry entry(String record) {
		return this.entries.get(record);
	}

	/// Writes a record.
	/// @throws AssertionError if that takes back what it says: a position, an effect, or
	/// that it is closed
	void entry(String record, Entry entry) {
		Entry before = this.entries.get(record);
		if (before != null && before.rank() > entry.rank()) {
			throw new AssertionError("a record goes back from " + before + " to " + entry);
		}
		this.entries.put(record, entry);
	}

	void noLease(String segment) {
		this.leases.remove(segment);
	}

	void noCount(String segment) {
		this.counts.remove(segment);
	}

	boolean ticket(Duration interval) {
		long now = this.clock.getAsLong();
		if (this.ticketUntil > now) {
			return false;
		}
		this.ticketUntil = now + interval.toNanos();
		return true;
	}

	/// A record of a delivery.
	///
	/// @param closed null while it is open
	record Entry(int position, String owner, int resumes, String tag, Closed closed) {

		/// How much is over: attempts, then a dead letter, then an effect.
		private int rank() {
			if (this.closed == null) {
				return this.position;
			}
			return (this.closed == Closed.DONE) ? Integer.MAX_VALUE : Integer.MAX_VALUE - 1;
		}

	}

	/// How often a segment was claimed, and whether the last visit ended with `LATER`.
	record Count(int claims, boolean later) {
	}

	private record Value(String text, long expires) {
	}

}
