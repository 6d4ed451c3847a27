package dev.holdfast.ledger;

import java.time.Duration;
import java.util.List;

/// Who works on which segment, and which deliveries were handled.
///
/// It is a hint, never the record: forgetting everything in it costs repeats, never a
/// delivery. Every operation is idempotent, so one whose answer was lost may be repeated.
/// `docs/adr` and INVARIANTS.md say why the order of its operations loses nothing.
public interface Ledger {

	/// Takes leases on segments.
	/// @param token this claim's own; a segment already held by it is claimed
	/// @return an answer for each segment, in order
	List<Claim> claim(List<String> segments, String token, Duration lease) throws LedgerException;

	/// Says that deliveries of a leased segment are about to be handled. A record that a
	/// crash left open twice or more is begun only when it comes alone; with others it is
	/// answered `ALONE` and left as it is.
	/// @param claim whether to claim the segment first, as the hand-off does, when nobody
	/// holds it
	/// @return an answer for each copy, in order; empty if the lease is another's
	List<Begun> begin(Lease lease, List<CopyKey> copies, boolean claim) throws LedgerException;

	/// Renews leases.
	/// @return for each lease, in order, whether it is still held
	List<Boolean> renew(List<Lease> leases) throws LedgerException;

	/// Writes down what became of deliveries, then of segments, atomically and in this
	/// order. A mark holds with or without its lease; a settlement only with it.
	/// @return an answer for each mark, in order
	List<MarkAnswer> mark(List<Mark> marks, List<Settlement> settlements) throws LedgerException;

	/// Whether records are closed, and how.
	List<Closed> closed(List<CopyKey> copies) throws LedgerException;

	/// Takes the ticket to list the bucket, which idle replicas share.
	/// @return whether it was free
	boolean ticket(Duration interval) throws LedgerException;

	/// A lease: one segment, one token, for a time counted by the worker from the
	/// moment it sent the last answered renewal.
	record Lease(String segment, String token, Duration duration) {
	}

	/// What identifies a copy to the ledger.
	///
	/// @param record the part of the record's key behind `<name>:d:`, which is
	/// `<identity>#<run>` or `<identity>#<run>@<handler>`
	/// @param attempt the copy's attempt
	record CopyKey(String record, int attempt) {
	}

	/// The answer to a claim.
	sealed interface Claim {

		/// @param claims how often it was claimed since it was last begun, this time
		/// included
		/// @param revisited whether the visit before ended with `LATER`
		record Claimed(int claims, boolean revisited) implements Claim {
		}

		/// All of it is accounted for; only its DELETE is missing.
		record Settled() implements Claim {
		}

		/// Another holds it, or it is to wait.
		record Busy(Duration atMost) implements Claim {
		}

	}

	/// The answer to a begin.
	sealed interface Begun {

		/// Handle it.
		record Fresh() implements Begun {
		}

		/// Handle it; its owner died with it, for the n-th time.
		record Resumed(int resumes) implements Begun {
		}

		/// Begin it again alone; its owners died with it.
		record Alone() implements Begun {
		}

		/// Another copy was, or is further than this one.
		/// @param sameSegment whether the record was begun by this very segment, so
		/// that this is a second sighting and counts as nothing
		record Duplicate(boolean sameSegment) implements Begun {
		}

		/// Another copy of it is being handled.
		record Busy(Duration atMost) implements Begun {
		}

	}

	/// What to write down about a copy.
	///
	/// @param owner the lease under which it was handled
	record Mark(Kind kind, CopyKey copy, Lease owner) {

		/// What became of a copy.
		public enum Kind {

			/// Its effect was had, or it was split and all parts are stored.
			HANDLED,

			/// Its dead letter is stored.
			DEAD,

			/// Its copy for the next attempt is stored.
			RETRY,

			/// It was not attempted: the record is let go as it was, if this lease owns
			/// it.
			RELEASED

		}

	}

	/// The answer to a mark.
	enum MarkAnswer {

		/// Written; the record was ours.
		OK,

		/// Written; the record was forgotten, or its owner's lease had ended.
		LATE,

		/// Another worker has it alive: its effect may be had twice.
		STOLEN,

		/// It was written down before.
		ALREADY

	}

	/// What becomes of a lease.
	///
	/// @param time for `LATER`, how long to leave the segment alone; for `SETTLED`, how
	/// long to remember it
	record Settlement(Kind kind, Lease lease, Duration time) {

		/// What becomes of a segment.
		public enum Kind {

			/// Every delivery is accounted for.
			SETTLED,

			/// Some deliveries are busy elsewhere: visit it again.
			LATER,

			/// Let it go as it is.
			RELEASED

		}

	}

	/// Whether a record is closed.
	enum Closed {

		/// It is open, or unknown.
		OPEN,

		/// Its effect was had.
		DONE,

		/// Its dead letter was stored.
		DEAD

	}

	/// Whether it is worth asking: while it is not, every operation fails at once.
	boolean isAvailable();

}
