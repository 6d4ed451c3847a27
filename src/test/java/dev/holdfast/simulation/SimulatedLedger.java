package dev.holdfast.simulation;

import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

import dev.holdfast.ledger.Ledger;
import dev.holdfast.ledger.LedgerException;

/// The ledger's state machine in Java, over a Redis that loses requests and answers, fails
/// over to any earlier state, and may be flushed. That it is the same machine as the Lua
/// scripts is checked by one differential test.
public final class SimulatedLedger implements Ledger {

	private static final long DAY = Duration.ofDays(1).toNanos();

	private final Calls calls;

	private final Shared shared;

	public SimulatedLedger(Shared shared, Calls calls) {
		this.shared = shared;
		this.calls = calls;
	}

	@Override
	public List<Claim> claim(List<String> segments, String token, Duration lease) throws LedgerException {
		return this.calls.call("claim", segments + " " + token, () -> {
			List<Claim> answers = new ArrayList<>();
			for (String segment : segments) {
				answers.add(this.shared.claim(segment, token, lease));
			}
			return answers;
		});
	}

	@Override
	public List<Begun> begin(Lease lease, List<CopyKey> copies, boolean claim) throws LedgerException {
		return this.calls.call("begin", lease + " " + copies, () -> this.shared.begin(lease, copies, claim));
	}

	@Override
	public List<Boolean> renew(List<Lease> leases) throws LedgerException {
		return this.calls.call("renew", leases, () -> leases.stream().map(this.shared::renew).toList());
	}

	@Override
	public List<MarkAnswer> mark(List<Mark> marks, List<Settlement> settlements) throws LedgerException {
		return this.calls.call("mark", marks + " " + settlements, () -> {
			List<MarkAnswer> answers = new ArrayList<>();
			marks.forEach((mark) -> answers.add(this.shared.mark(mark)));
			settlements.forEach(this.shared::settle);
			return answers;
		});
	}

	@Override
	public List<Closed> closed(List<CopyKey> copies) throws LedgerException {
		return this.calls.call("closed", copies, () -> copies.stream().map(this.shared::closed).toList());
	}

	@Override
	public boolean ticket(Duration interval) throws LedgerException {
		return this.calls.call("ticket", "", () -> this.shared.ticket(interval));
	}

	@Override
	public boolean isAvailable() {
		return true;
	}

	/// How a call reaches Redis.
	public interface Calls {

		/// At once and always.
		Calls SAFE = new Calls() {

			@Override
			public <T> T call(String name, Object arguments, java.util.function.Supplier<T> effect) {
				return effect.get();
			}

		};

		<T> T call(String name, Object arguments, java.util.function.Supplier<T> effect) throws LedgerException;

	}

	/// A record of a delivery.
	///
	/// @param closed null while it is open
	private record Entry(int position, String owner, int resumes, String tag, Closed closed) {
	}

	private record Value(String text, long expires) {
	}

	/// What Redis holds.
	public static final class Shared {

		private final java.util.function.LongSupplier clock;

		private final Deque<Shared> history = new ArrayDeque<>();

		private Map<String, Entry> entries = new HashMap<>();

		private Map<String, Value> leases = new HashMap<>();

		private Map<String, Value> counts = new HashMap<>();

		private long ticketUntil;

		public Shared(java.util.function.LongSupplier clock) {
			this.clock = clock;
		}

		/// Remembers the state, to fail over to.
		void snapshot() {
			Shared copy = new Shared(this.clock);
			copy.entries = new HashMap<>(this.entries);
			copy.leases = new HashMap<>(this.leases);
			copy.counts = new HashMap<>(this.counts);
			this.history.addLast(copy);
			if (this.history.size() > 40) {
				this.history.removeFirst();
			}
		}

		/// Goes on with an earlier state, as a replica that had not got the last writes.
		void failOver(int back) {
			Shared earlier = this;
			for (int i = 0; i < back && !this.history.isEmpty(); i++) {
				earlier = this.history.removeLast();
			}
			this.entries = new HashMap<>(earlier.entries);
			this.leases = new HashMap<>(earlier.leases);
			this.counts = new HashMap<>(earlier.counts);
			this.history.clear();
		}

		public void flush() {
			this.entries.clear();
			this.leases.clear();
			this.counts.clear();
			this.ticketUntil = 0;
		}

		/// Ends all leases, as a jump of Redis's clock does.
		void endAllLeases() {
			this.leases.clear();
		}

		/// Ends a lease, as time does.
		public void endLease(String segment) {
			this.leases.remove(segment);
		}

		private String lease(String segment) {
			Value value = this.leases.get(segment);
			return (value != null && value.expires > this.clock.getAsLong()) ? value.text : null;
		}

		private String count(String segment) {
			Value value = this.counts.get(segment);
			return (value != null && value.expires > this.clock.getAsLong()) ? value.text : null;
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
			String count = count(segment);
			boolean later = "later".equals(count);
			int claims = (count == null || later) ? 0 : Integer.parseInt(count);
			if (holder == null && !later) {
				claims++;
				this.counts.put(segment, new Value(String.valueOf(claims), this.clock.getAsLong() + DAY));
			}
			lease(segment, token, time);
			return new Claim.Claimed(Math.max(1, claims), later);
		}

		List<Begun> begin(Lease lease, List<CopyKey> copies, boolean claim) {
			String holder = lease(lease.segment());
			if (!lease.token().equals(holder) && (holder != null || !claim)) {
				return List.of();
			}
			if (claim) {
				lease(lease.segment(), lease.token(), lease.duration());
			}
			if (!"later".equals(count(lease.segment()))) {
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
				return new Begun.Busy(left(entry.owner.substring(0, entry.owner.lastIndexOf('/'))));
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
				case DEAD ->
					close(mark, entry, me, (entry != null && entry.closed != null) ? entry.closed : Closed.DEAD);
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
					this.counts.put(lease.segment(), new Value("later", this.clock.getAsLong() + DAY));
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

	}

}
