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

	private final LongSupplier clock;

	private final UndoLog log = new UndoLog();

	private final UndoLog.Table<Entry> entries = this.log.new Table<>();

	private final UndoLog.Table<Value> leases = this.log.new Table<>();

	private final UndoLog.Table<Count> counts = this.log.new Table<>();

	private long ticketUntil;

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
	/// for as
	/// long
	Set<String> failOver(int back) {
		Map<String, Entry> before = this.entries.copy();
		Map<String, Long> alive = alive();
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

	/// Forgets everything.
	/// @return the records it had
	public Set<String> flush() {
		Set<String> records = this.entries.copy().keySet();
		begins();
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

	private static String segment(String owner) {
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

	boolean isClosed(String record) {
		Entry entry = this.entries.get(record);
		return entry != null && entry.closed != null;
	}

	private String lease(String segment) {
		Value value = this.leases.get(segment);
		return (value != null && value.expires > this.clock.getAsLong()) ? value.text : null;
	}

	private Count count(String segment) {
		return Objects.requireNonNullElse(this.counts.get(segment), new Count(0, false));
	}

	private void count(String segment, Count count) {
		this.counts.put(segment, count);
	}

	private void lease(String segment, String text, Duration time) {
		this.leases.put(segment, new Value(text, this.clock.getAsLong() + time.toNanos()));
	}

	private Duration left(String segment) {
		return Duration.ofMillis((this.leases.get(segment).expires - this.clock.getAsLong()) / 1_000_000);
	}

	Claim claim(String segment, String token, Duration time) {
		String holder = lease(segment);
		if ("settled".equals(holder)) {
			return new Claim.Settled();
		}
		if (holder != null && !holder.equals(token)) {
			return new Claim.Busy(left(segment));
		}
		Count count = count(segment);
		int claims = count.claims;
		if (holder == null) {
			claims++;
			count(segment, new Count(claims, count.later));
		}
		lease(segment, token, time);
		return new Claim.Claimed(Math.max(1, claims), count.later);
	}

	List<Begun> begin(Lease lease, List<CopyKey> copies, boolean claim) {
		String holder = lease(lease.segment());
		if (!lease.token().equals(holder) && (holder != null || !claim)) {
			return List.of();
		}
		if (claim) {
			lease(lease.segment(), lease.token(), lease.duration());
		}
		if (count(lease.segment()).later) {
			count(lease.segment(), new Count(0, true));
		}
		else {
			this.counts.remove(lease.segment());
		}
		List<Begun> answers = new ArrayList<>();
		copies.forEach((copy) -> answers.add(begin(lease, copy, copies.size() > 1)));
		return answers;
	}

	private Begun begin(Lease lease, CopyKey copy, boolean company) {
		String me = lease.segment() + "/" + lease.token();
		Entry entry = this.entries.get(copy.record());
		if (entry == null) {
			return write(copy, me, 0, lease.segment());
		}
		if (entry.closed != null || copy.attempt() < entry.position) {
			return new Begun.Duplicate(entry.tag.equals(lease.segment()));
		}
		boolean mine = me.equals(entry.owner);
		if (!mine && isAlive(entry.owner)) {
			return new Begun.Busy(left(segment(entry.owner)));
		}
		if (copy.attempt() > entry.position) {
			return write(copy, me, 0, entry.tag);
		}
		if (mine || entry.owner.isEmpty()) {
			return write(copy, me, entry.resumes, entry.tag);
		}
		int resumes = entry.resumes + 1;
		if (resumes >= 2 && company) {
			return new Begun.Alone();
		}
		write(copy, me, resumes, entry.tag);
		return new Begun.Resumed(resumes);
	}

	private Begun write(CopyKey copy, String owner, int resumes, String tag) {
		this.entries.put(copy.record(), new Entry(copy.attempt(), owner, resumes, tag, null));
		return new Begun.Fresh();
	}

	private boolean isAlive(String owner) {
		int slash = owner.lastIndexOf('/');
		return slash > 0 && owner.substring(slash + 1).equals(lease(owner.substring(0, slash)));
	}

	boolean renew(Lease lease) {
		boolean held = lease.token().equals(lease(lease.segment()));
		if (held) {
			lease(lease.segment(), lease.token(), lease.duration());
		}
		return held;
	}

	MarkAnswer mark(Mark mark) {
		String me = mark.owner().segment() + "/" + mark.owner().token();
		Entry entry = this.entries.get(mark.copy().record());
		return switch (mark.kind()) {
			case HANDLED -> close(mark, entry, me, Closed.DONE);
			case DEAD -> close(mark, entry, me, (entry != null && entry.closed != null) ? entry.closed : Closed.DEAD);
			case RETRY -> raise(mark, entry, me);
			case RELEASED -> release(mark, entry, me);
		};
	}

	private MarkAnswer close(Mark mark, Entry entry, String me, Closed how) {
		String tag = (entry != null) ? entry.tag : mark.owner().segment();
		this.entries.put(mark.copy().record(), new Entry(0, "", 0, tag, how));
		if (entry == null) {
			return MarkAnswer.LATE;
		}
		if (entry.closed != null) {
			return MarkAnswer.ALREADY;
		}
		if (me.equals(entry.owner)) {
			return MarkAnswer.OK;
		}
		return isAlive(entry.owner) ? MarkAnswer.STOLEN : MarkAnswer.LATE;
	}

	private MarkAnswer raise(Mark mark, Entry entry, String me) {
		int attempt = mark.copy().attempt();
		if (entry != null && (entry.closed != null || entry.position > attempt)) {
			return MarkAnswer.ALREADY;
		}
		if (entry != null && !me.equals(entry.owner) && isAlive(entry.owner)) {
			return MarkAnswer.STOLEN;
		}
		String tag = (entry != null) ? entry.tag : mark.owner().segment();
		this.entries.put(mark.copy().record(), new Entry(attempt + 1, "", 0, tag, null));
		return (entry != null) ? MarkAnswer.OK : MarkAnswer.LATE;
	}

	private MarkAnswer release(Mark mark, Entry entry, String me) {
		if (entry == null || entry.closed != null || !me.equals(entry.owner)) {
			return MarkAnswer.ALREADY;
		}
		this.entries.put(mark.copy().record(), new Entry(entry.position, "", entry.resumes, entry.tag, null));
		return MarkAnswer.OK;
	}

	void settle(Settlement settlement) {
		Lease lease = settlement.lease();
		if (!lease.token().equals(lease(lease.segment()))) {
			return;
		}
		switch (settlement.kind()) {
			case SETTLED -> {
				lease(lease.segment(), "settled", settlement.time());
				this.counts.remove(lease.segment());
			}
			case LATER -> {
				lease(lease.segment(), "later", settlement.time());
				count(lease.segment(), new Count(0, true));
			}
			case RELEASED -> {
				this.leases.remove(lease.segment());
				this.counts.remove(lease.segment());
			}
		}
	}

	Closed closed(CopyKey copy) {
		Entry entry = this.entries.get(copy.record());
		return (entry == null || entry.closed == null) ? Closed.OPEN : entry.closed;
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
	private record Entry(int position, String owner, int resumes, String tag, Closed closed) {
	}

	/// How often a segment was claimed, and whether the last visit ended with `LATER`.
	private record Count(int claims, boolean later) {
	}

	private record Value(String text, long expires) {
	}

}
