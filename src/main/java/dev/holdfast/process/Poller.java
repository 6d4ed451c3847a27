package dev.holdfast.process;

import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.random.RandomGenerator;

import dev.holdfast.buffer.Deletes;
import dev.holdfast.buffer.SegmentKey;
import dev.holdfast.buffer.StoreException;
import dev.holdfast.ledger.Ledger;
import dev.holdfast.ledger.Ledger.Claim;
import dev.holdfast.ledger.Ledger.Settlement;
import dev.holdfast.ledger.LedgerException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Looks at the bucket for what the hand-off did not take: what a crash left behind, what
/// is due again, and whatever there was no room for.
final class Poller {

	private static final Logger logger = LoggerFactory.getLogger(Poller.class);

	/// Of few candidates two may be claimed at once; of many an eighth, so that replicas
	/// which list the same page rarely want the same segments.
	private static final int FEW = 2;

	private static final int SHARE = 8;

	private static final int OLDEST_EVERY = 4;

	/// While nobody is free it lists as often, for the [Backlog] alone.
	private static final long UNSEEN_AT_MOST = Duration.ofSeconds(30).toNanos();

	private static final long LIST_LASTS = Duration.ofSeconds(2).toNanos();

	private static final Duration FREE_AT_MOST = Duration.ofSeconds(1);

	private static final Duration READY_SOON = Duration.ofMillis(250);

	private final Readiness readiness;

	private final Candidates candidates;

	private final Ledger ledger;

	private final Leases leases;

	private final Workers workers;

	private final Deletes deletes;

	private final ProcessMeters meters;

	private final Duration interval;

	private final RandomGenerator random;

	/// Segments that another holds, until its lease could have ended, or is worth another
	/// look.
	private final Map<String, Long> busy = new HashMap<>();

	/// What the last list showed and nobody was asked for yet.
	private List<SegmentKey> left = List.of();

	private long listedAt;

	private boolean retries;

	private long retriesListedAt;

	private long cycles;

	private boolean idle;

	private volatile boolean stopped;

	Poller(Readiness readiness, Candidates candidates, Ledger ledger, Leases leases, Workers workers, Deletes deletes,
			ProcessMeters meters, Duration interval, RandomGenerator random) {
		this.readiness = readiness;
		this.candidates = candidates;
		this.ledger = ledger;
		this.leases = leases;
		this.workers = workers;
		this.deletes = deletes;
		this.meters = meters;
		this.interval = interval;
		this.random = random;
		this.listedAt = leases.now();
	}

	/// Looks at the bucket once, as soon as this replica may claim, and again at once as
	/// long as that brings work.
	void poll() {
		try {
			Look look = look(false);
			while (look != Look.NOTHING && !this.stopped) {
				if (look != Look.LOST) {
					this.workers.awaitChange((look == Look.NOT_READY) ? READY_SOON : FREE_AT_MOST);
				}
				look = look(look == Look.WORK || look == Look.LOST);
			}
		}
		catch (InterruptedException _) {
			Thread.currentThread().interrupt();
		}
	}

	/// A look that failed is repeated without the ticket: it may have taken it, and
	/// while it lasts nobody else looks.
	private Look look(boolean again) throws InterruptedException {
		try {
			return step(again);
		}
		catch (StoreException | LedgerException ex) {
			logger.debug("the bucket could not be looked at: {}", ex.getMessage());
			this.idle = false;
			return Look.FAILED;
		}
	}

	/// One look: lists, claims, and starts a worker for each segment won.
	/// @param again whether it follows a look that brought work
	Look step(boolean again) throws StoreException, LedgerException, InterruptedException {
		if (this.stopped || !this.readiness.look()) {
			return Look.NOT_READY;
		}
		int wanted = Math.min(this.workers.free(), this.readiness.worthClaiming());
		if (wanted == 0) {
			if (this.leases.now() - this.listedAt >= UNSEEN_AT_MOST) {
				find(1, false);
			}
			return Look.WORK;
		}
		if (this.idle && !this.ledger.ticket(this.interval)) {
			return Look.NOTHING;
		}
		List<SegmentKey> found = find(wanted, again);
		List<SegmentKey> chosen = choose(found, wanted);
		if (chosen.isEmpty() && !found.isEmpty()) {
			return Look.WORK;
		}
		if (claim(chosen) > 0) {
			this.idle = false;
			return Look.WORK;
		}
		this.idle = this.left.isEmpty();
		return this.idle ? Look.NOTHING : Look.LOST;
	}

	/// Claims nothing more.
	void stop() {
		this.stopped = true;
	}

	/// Looking again, what the last list left is enough for a moment: a page holds many
	/// more than are claimed at once. What has become of it meanwhile the claim tells.
	private List<SegmentKey> find(int wanted, boolean again) throws StoreException {
		long now = this.leases.now();
		this.busy.values().removeIf((until) -> until - now <= 0);
		if (again && now - this.listedAt < LIST_LASTS) {
			List<SegmentKey> left = this.left.stream().filter(this::isWanted).toList();
			if (!left.isEmpty()) {
				return left;
			}
		}
		this.listedAt = now;
		List<SegmentKey> found = new ArrayList<>();
		if (!again || this.retries || now - this.retriesListedAt >= this.interval.toNanos()) {
			this.retriesListedAt = now;
			found.addAll(this.candidates.list(SegmentKey.RETRY, wanted, this::isWanted));
			this.retries = !found.isEmpty();
		}
		found.addAll(this.candidates.list(SegmentKey.INBOX, wanted, this::isWanted));
		return found;
	}

	private boolean isWanted(SegmentKey segment) {
		return !this.workers.isActive(segment) && !this.deletes.contains(segment)
				&& !this.busy.containsKey(segment.id());
	}

	private List<SegmentKey> choose(List<SegmentKey> found, int wanted) {
		int share = Math.min(wanted, Math.max(FEW, found.size() / SHARE));
		List<SegmentKey> order = new ArrayList<>(found);
		if (this.cycles++ % OLDEST_EVERY != 0) {
			Collections.shuffle(order, this.random);
		}
		Set<SegmentKey> chosen = new LinkedHashSet<>();
		for (SegmentKey segment : order) {
			if (chosen.size() == share || !this.workers.tryTake(segment)) {
				break;
			}
			chosen.add(segment);
		}
		this.left = found.stream().filter((segment) -> !chosen.contains(segment)).toList();
		return List.copyOf(chosen);
	}

	private int claim(List<SegmentKey> chosen) throws LedgerException, InterruptedException {
		if (chosen.isEmpty()) {
			return 0;
		}
		List<String> segments = chosen.stream().map(SegmentKey::id).toList();
		String token = this.leases.token();
		long asked = this.leases.now();
		List<Claim> claims;
		try {
			claims = this.leases.insist(asked, () -> this.ledger.claim(segments, token, Leases.LEASE));
		}
		catch (LedgerException | InterruptedException | RuntimeException ex) {
			chosen.forEach(this.workers::give);
			throw ex;
		}
		claims = apart(segments, claims, token);
		int won = 0;
		for (int i = 0; i < chosen.size(); i++) {
			won += claimed(chosen.get(i), claims.get(i), token, asked) ? 1 : 0;
		}
		return won;
	}

	/// A segment that was claimed before and never begun is read alone, and the others
	/// are given back first: the one that is the end of its reader would take them
	/// along, again and again, until none of them was read any more.
	private List<Claim> apart(List<String> segments, List<Claim> claims, String token) {
		Claim doubtful = claims.stream().filter(Poller::isDoubtful).findFirst().orElse(null);
		if (doubtful == null) {
			return claims;
		}
		List<Claim> apart = new ArrayList<>(claims);
		List<Settlement> back = new ArrayList<>();
		for (int i = 0; i < claims.size(); i++) {
			if (claims.get(i) instanceof Claim.Claimed && claims.get(i) != doubtful) {
				Ledger.Lease lease = new Ledger.Lease(segments.get(i), token, Leases.LEASE);
				back.add(new Settlement(Settlement.Kind.RELEASED, lease, Duration.ZERO));
				apart.set(i, new Claim.Busy(Duration.ZERO));
			}
		}
		try {
			this.ledger.mark(List.of(), back);
		}
		catch (LedgerException ex) {
			logger.debug("what was given back waits until its lease ends: {}", ex.getMessage());
		}
		return apart;
	}

	private static boolean isDoubtful(Claim claim) {
		return claim instanceof Claim.Claimed(int claims, boolean _) && claims > 1;
	}

	/// @return whether it was won
	private boolean claimed(SegmentKey segment, Claim claim, String token, long asked) {
		switch (claim) {
			case Claim.Claimed(int claims, boolean revisited) -> {
				this.meters.claims("won", 1);
				Leases.Held lease = this.leases.open(segment.id(), token, asked);
				this.leases.keep(lease);
				this.workers.start(Visit.claimed(segment, lease, claims, revisited));
				return true;
			}
			case Claim.Settled _ -> {
				this.meters.claims("settled", 1);
				this.deletes.add(segment);
			}
			case Claim.Busy(Duration atMost) -> {
				this.meters.claims("lost", 1);
				this.busy.put(segment.id(), asked + RetryPolicy.shorter(atMost, this.interval).toNanos());
			}
		}
		this.workers.give(segment);
		return false;
	}

	/// What a look brought.
	enum Look {

		/// This replica may not claim now.
		NOT_READY,

		/// The store or Redis did not answer.
		FAILED,

		/// There was nothing, or others had all of it.
		NOTHING,

		/// Others had what was asked for, and there is more.
		LOST,

		/// Work, or no room for what there is.
		WORK

	}

}
