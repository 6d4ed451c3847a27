package dev.holdfast.process;

import java.time.Duration;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.random.RandomGenerator;

import dev.holdfast.ledger.Ledger;
import dev.holdfast.ledger.LedgerException;
import dev.holdfast.schedule.Scheduler;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// The leases this replica holds, renewed together every third of their time.
///
/// A lease is a hint that keeps two workers from the same work. What it does not do is keep
/// a stalled worker from finishing what it began: no order of events in which that happens
/// loses a delivery, it can only repeat one (window W4).
final class Leases {

	static final Duration LEASE = Duration.ofSeconds(30);

	/// How long before its end a lease is no longer relied on: the time to start a
	/// handler or to write a copy.
	private static final Duration MARGIN = Duration.ofSeconds(2);

	private static final Duration AGAIN = Duration.ofSeconds(1);

	private static final Duration UNANSWERED = Duration.ofMillis(250);

	private static final Logger logger = LoggerFactory.getLogger(Leases.class);

	private final Ledger ledger;

	private final Scheduler scheduler;

	private final RandomGenerator random;

	private final Map<Ledger.Lease, Held> held = new ConcurrentHashMap<>();

	private volatile boolean stopped;

	Leases(Ledger ledger, Scheduler scheduler, RandomGenerator random) {
		this.ledger = ledger;
		this.scheduler = scheduler;
		this.random = random;
	}

	/// The monotonic clock.
	long now() {
		return this.scheduler.nanoTime();
	}

	/// A token for one claim.
	String token() {
		return HexFormat.of().toHexDigits(this.random.nextLong());
	}

	/// Asks the ledger for leases, or under one, until it answers: a question whose
	/// answer was lost may have been granted, and what it took would wait until the
	/// lease ends.
	/// @param asked when the lease was first asked for, on the monotonic clock
	/// @throws LedgerException if there is no answer while the lease would be of use
	<T> T insist(long asked, Question<T> question) throws LedgerException, InterruptedException {
		while (true) {
			try {
				return question.ask();
			}
			catch (LedgerException ex) {
				if (this.stopped || !isFresh(asked)) {
					throw ex;
				}
			}
			this.scheduler.pause(UNANSWERED);
		}
	}

	private boolean isFresh(long sent) {
		return this.scheduler.nanoTime() - sent < LEASE.minus(MARGIN).toNanos();
	}

	/// Insists no longer: this replica stops.
	void stop() {
		this.stopped = true;
	}

	/// A lease that is asked for.
	/// @param asked when the claim was sent, on the monotonic clock: the lease is counted
	/// from there
	Held open(String segment, String token, long asked) {
		return new Held(new Ledger.Lease(segment, token, LEASE), asked);
	}

	/// Renews a lease from now on. It must have been granted: a renewal that overtook the
	/// claim would find nothing, and take the lease for lost.
	void keep(Held lease) {
		this.held.put(lease.lease(), lease);
	}

	void close(Held lease) {
		this.held.remove(lease.lease());
	}

	/// Renews all leases once.
	/// @return when to do so again: soon, if there was no answer
	Duration renew() {
		List<Held> all = List.copyOf(this.held.values());
		if (all.isEmpty()) {
			return LEASE.dividedBy(3);
		}
		long sent = this.scheduler.nanoTime();
		try {
			List<Boolean> answers = this.ledger.renew(all.stream().map(Held::lease).toList());
			for (int i = 0; i < all.size(); i++) {
				all.get(i).renewed(sent, answers.get(i));
			}
			return LEASE.dividedBy(3);
		}
		catch (LedgerException ex) {
			logger.debug("leases could not be renewed: {}", ex.getMessage());
			return AGAIN;
		}
	}

	/// A lease as its worker sees it.
	final class Held {

		private final Ledger.Lease lease;

		private volatile long sent;

		private volatile boolean lost;

		private Held(Ledger.Lease lease, long sent) {
			this.lease = lease;
			this.sent = sent;
		}

		Ledger.Lease lease() {
			return this.lease;
		}

		<T> T insist(Question<T> question) throws LedgerException, InterruptedException {
			return Leases.this.insist(this.sent, question);
		}

		/// Whether this worker may still start handlers and write copies.
		boolean isHeld() {
			return !this.lost && isFresh(this.sent);
		}

		private void renewed(long sent, boolean still) {
			if (still) {
				this.sent = sent;
			}
			else {
				this.lost = true;
			}
		}

	}

	/// Something to ask the ledger, as often as need be.
	@FunctionalInterface
	interface Question<T> {

		T ask() throws LedgerException;

	}

}
