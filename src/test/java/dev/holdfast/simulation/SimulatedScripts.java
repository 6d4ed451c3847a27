package dev.holdfast.simulation;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

import dev.holdfast.ledger.Ledger.Begun;
import dev.holdfast.ledger.Ledger.Claim;
import dev.holdfast.ledger.Ledger.Closed;
import dev.holdfast.ledger.Ledger.CopyKey;
import dev.holdfast.ledger.Ledger.Lease;
import dev.holdfast.ledger.Ledger.Mark;
import dev.holdfast.ledger.Ledger.MarkAnswer;
import dev.holdfast.ledger.Ledger.Settlement;
import dev.holdfast.simulation.SimulatedRedis.Count;
import dev.holdfast.simulation.SimulatedRedis.Entry;

/// The scripts of the ledger in Java, line for line, over a simulated Redis. That they are
/// the same machine is checked by one differential test.
final class SimulatedScripts {

	private final SimulatedRedis redis;

	SimulatedScripts(SimulatedRedis redis) {
		this.redis = redis;
	}

	Claim claim(String segment, String token, Duration time) {
		String holder = this.redis.lease(segment);
		if ("settled".equals(holder)) {
			return new Claim.Settled();
		}
		if (holder != null && !holder.equals(token)) {
			return new Claim.Busy(this.redis.left(segment));
		}
		Count count = this.redis.count(segment);
		int claims = count.claims();
		if (holder == null) {
			claims++;
			this.redis.count(segment, new Count(claims, count.later()));
		}
		this.redis.lease(segment, token, time);
		return new Claim.Claimed(Math.max(1, claims), count.later());
	}

	List<Begun> begin(Lease lease, List<CopyKey> copies, boolean claim) {
		String holder = this.redis.lease(lease.segment());
		if (!lease.token().equals(holder) && (holder != null || !claim)) {
			return List.of();
		}
		if (claim) {
			this.redis.lease(lease.segment(), lease.token(), lease.duration());
		}
		if (this.redis.count(lease.segment()).later()) {
			this.redis.count(lease.segment(), new Count(0, true));
		}
		else {
			this.redis.noCount(lease.segment());
		}
		List<Begun> answers = new ArrayList<>();
		copies.forEach((copy) -> answers.add(begin(lease, copy, copies.size() > 1)));
		return answers;
	}

	private Begun begin(Lease lease, CopyKey copy, boolean company) {
		String me = lease.segment() + "/" + lease.token();
		Entry entry = this.redis.entry(copy.record());
		if (entry == null) {
			return write(copy, me, 0, lease.segment());
		}
		if (entry.closed() != null || copy.attempt() < entry.position()) {
			return new Begun.Duplicate(entry.tag().equals(lease.segment()));
		}
		boolean mine = me.equals(entry.owner());
		if (!mine && this.redis.isAlive(entry.owner())) {
			return new Begun.Busy(this.redis.left(SimulatedRedis.segment(entry.owner())));
		}
		if (copy.attempt() > entry.position()) {
			return write(copy, me, 0, entry.tag());
		}
		if (mine || entry.owner().isEmpty()) {
			return write(copy, me, entry.resumes(), entry.tag());
		}
		int resumes = entry.resumes() + 1;
		if (resumes >= 2 && company) {
			return new Begun.Alone();
		}
		write(copy, me, resumes, entry.tag());
		return new Begun.Resumed(resumes);
	}

	private Begun write(CopyKey copy, String owner, int resumes, String tag) {
		this.redis.entry(copy.record(), new Entry(copy.attempt(), owner, resumes, tag, null));
		return new Begun.Fresh();
	}

	boolean renew(Lease lease) {
		boolean held = lease.token().equals(this.redis.lease(lease.segment()));
		if (held) {
			this.redis.lease(lease.segment(), lease.token(), lease.duration());
		}
		return held;
	}

	MarkAnswer mark(Mark mark) {
		String me = mark.owner().segment() + "/" + mark.owner().token();
		Entry entry = this.redis.entry(mark.copy().record());
		return switch (mark.kind()) {
			case HANDLED -> close(mark, entry, me, Closed.DONE);
			case DEAD ->
				close(mark, entry, me, (entry != null && entry.closed() != null) ? entry.closed() : Closed.DEAD);
			case RETRY -> raise(mark, entry, me);
			case RELEASED -> release(mark, entry, me);
		};
	}

	private MarkAnswer close(Mark mark, Entry entry, String me, Closed how) {
		String tag = (entry != null) ? entry.tag() : mark.owner().segment();
		this.redis.entry(mark.copy().record(), new Entry(0, "", 0, tag, how));
		if (entry == null) {
			return MarkAnswer.LATE;
		}
		if (entry.closed() != null) {
			return MarkAnswer.ALREADY;
		}
		if (me.equals(entry.owner())) {
			return MarkAnswer.OK;
		}
		return this.redis.isAlive(entry.owner()) ? MarkAnswer.STOLEN : MarkAnswer.LATE;
	}

	private MarkAnswer raise(Mark mark, Entry entry, String me) {
		int attempt = mark.copy().attempt();
		if (entry != null && (entry.closed() != null || entry.position() > attempt)) {
			return MarkAnswer.ALREADY;
		}
		if (entry != null && !me.equals(entry.owner()) && this.redis.isAlive(entry.owner())) {
			return MarkAnswer.STOLEN;
		}
		String tag = (entry != null) ? entry.tag() : mark.owner().segment();
		this.redis.entry(mark.copy().record(), new Entry(attempt + 1, "", 0, tag, null));
		return (entry != null) ? MarkAnswer.OK : MarkAnswer.LATE;
	}

	private MarkAnswer release(Mark mark, Entry entry, String me) {
		if (entry == null || entry.closed() != null || !me.equals(entry.owner())) {
			return MarkAnswer.ALREADY;
		}
		this.redis.entry(mark.copy().record(), new Entry(entry.position(), "", entry.resumes(), entry.tag(), null));
		return MarkAnswer.OK;
	}

	void settle(Settlement settlement) {
		Lease lease = settlement.lease();
		if (!lease.token().equals(this.redis.lease(lease.segment()))) {
			return;
		}
		switch (settlement.kind()) {
			case SETTLED -> {
				this.redis.lease(lease.segment(), "settled", settlement.time());
				this.redis.noCount(lease.segment());
			}
			case LATER -> {
				this.redis.lease(lease.segment(), "later", settlement.time());
				this.redis.count(lease.segment(), new Count(0, true));
			}
			case RELEASED -> {
				this.redis.noLease(lease.segment());
				this.redis.noCount(lease.segment());
			}
		}
	}

	Closed closed(CopyKey copy) {
		Entry entry = this.redis.entry(copy.record());
		return (entry == null || entry.closed() == null) ? Closed.OPEN : entry.closed();
	}

}
