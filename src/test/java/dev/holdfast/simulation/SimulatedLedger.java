package dev.holdfast.simulation;

import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Supplier;

import dev.holdfast.ledger.Ledger;
import dev.holdfast.ledger.LedgerException;

/// The ledger's state machine in Java, over a Redis that loses requests and answers, fails
/// over to any earlier state, and may be flushed. That it is the same machine as the Lua
/// scripts is checked by one differential test.
public final class SimulatedLedger implements Ledger {

	private final Calls calls;

	private final SimulatedRedis redis;

	private final SimulatedScripts scripts;

	/// Every token this replica ever asked a lease for.
	private final Set<String> tokens = new HashSet<>();

	/// When the last granted request for the lease of a segment was sent.
	private final Map<String, Long> granted = new HashMap<>();

	/// When the answer came that a lease is lost, by segment and token.
	private final Map<String, Long> lost = new HashMap<>();

	/// Under which leases records were begun and not marked.
	private final Map<String, List<Beginning>> begun = new HashMap<>();

	public SimulatedLedger(SimulatedRedis redis, Calls calls) {
		this.redis = redis;
		this.scripts = new SimulatedScripts(redis);
		this.calls = calls;
	}

	@Override
	public List<Claim> claim(List<String> segments, String token, Duration lease) throws LedgerException {
		this.tokens.add(token);
		long sent = this.redis.now();
		List<Claim> claims = this.calls.call("claim", () -> segments + " " + token,
				() -> segments.stream().map((segment) -> claim(segment, token, lease)).toList());
		for (int i = 0; i < claims.size(); i++) {
			granted(segments.get(i), claims.get(i) instanceof Claim.Claimed, sent);
		}
		return claims;
	}

	@Override
	public List<Begun> begin(Lease lease, List<CopyKey> copies, boolean claim) throws LedgerException {
		this.tokens.add(lease.token());
		long sent = this.redis.now();
		List<Begun> begun = this.calls.call("begin", () -> lease + " " + copies,
				() -> took(copies, this.scripts.begin(lease, copies, claim)));
		granted(lease.segment(), claim && !begun.isEmpty(), sent);
		for (int i = 0; i < begun.size(); i++) {
			if (begun.get(i) instanceof Begun.Fresh || begun.get(i) instanceof Begun.Resumed) {
				this.begun.computeIfAbsent(copies.get(i).record(), (_) -> new ArrayList<>())
					.add(new Beginning(lease, sent));
			}
		}
		return begun;
	}

	private Claim claim(String segment, String token, Duration lease) {
		Claim claim = this.scripts.claim(segment, token, lease);
		if (claim instanceof Claim.Claimed) {
			this.redis.took(segment);
		}
		return claim;
	}

	private List<Begun> took(List<CopyKey> copies, List<Begun> begun) {
		for (int i = 0; i < begun.size(); i++) {
			if (begun.get(i) instanceof Begun.Fresh || begun.get(i) instanceof Begun.Resumed) {
				this.redis.took(copies.get(i).record());
			}
		}
		return begun;
	}

	@Override
	public List<Boolean> renew(List<Lease> leases) throws LedgerException {
		long sent = this.redis.now();
		List<Boolean> held = this.calls.call("renew", () -> leases,
				() -> leases.stream().map(this.scripts::renew).toList());
		for (int i = 0; i < held.size(); i++) {
			granted(leases.get(i).segment(), held.get(i), sent);
			if (!held.get(i)) {
				this.lost.put(leases.get(i).segment() + leases.get(i).token(), this.redis.now());
			}
		}
		return held;
	}

	@Override
	public List<MarkAnswer> mark(List<Mark> marks, List<Settlement> settlements) throws LedgerException {
		List<MarkAnswer> marked = this.calls.call("mark", () -> marks + " " + settlements, () -> {
			List<MarkAnswer> answers = new ArrayList<>();
			for (Mark mark : marks) {
				answers.add(this.scripts.mark(mark));
				if (mark.kind() == Mark.Kind.RELEASED) {
					this.redis.took(SimulatedRedis.RELEASED + mark.copy().record());
				}
			}
			settlements.forEach(this.scripts::settle);
			return answers;
		});
		marks.forEach(this::marked);
		return marked;
	}

	@Override
	public List<Closed> closed(List<CopyKey> copies) throws LedgerException {
		return this.calls.call("closed", () -> copies, () -> copies.stream().map(this.scripts::closed).toList());
	}

	@Override
	public boolean ticket(Duration interval) throws LedgerException {
		return this.calls.call("ticket", () -> "", () -> this.redis.ticket(interval));
	}

	@Override
	public boolean isAvailable() {
		return this.calls.isAvailable();
	}

	private void granted(String segment, boolean granted, long sent) {
		if (granted) {
			this.granted.merge(segment, sent, Math::max);
		}
	}

	/// Whether this replica was told to handle a record, and not that it is marked.
	boolean hasBegun(String record) {
		return this.begun.containsKey(record);
	}

	private void marked(Mark mark) {
		this.begun.computeIfPresent(mark.copy().record(), (_, beginnings) -> {
			beginnings.removeIf((beginning) -> beginning.lease.equals(mark.owner()));
			return beginnings.isEmpty() ? null : beginnings;
		});
	}

	/// Whether a lease under which a record was begun was granted, in an answer that
	/// came, to a request sent not longer ago than it lasts, and none said since that
	/// it is lost.
	boolean isHeld(String record, Duration lease) {
		List<Beginning> beginnings = this.begun.get(record);
		return beginnings == null || beginnings.stream().anyMatch((beginning) -> isHeld(beginning, lease));
	}

	private boolean isHeld(Beginning beginning, Duration lease) {
		String segment = beginning.lease.segment();
		long now = this.redis.now();
		return now - this.granted.getOrDefault(segment, 0L) < lease.toNanos()
				&& this.lost.getOrDefault(segment + beginning.lease.token(), now) >= now;
	}

	/// When this replica asked to begin a record first, of the times that it has not
	/// marked: a call may belong to any of them.
	long begunAt(String record) {
		List<Beginning> beginnings = this.begun.get(record);
		return (beginnings != null) ? beginnings.getFirst().at : 0;
	}

	private record Beginning(Lease lease, long at) {
	}

	/// The open records that are this replica's.
	Set<String> owned() {
		return this.redis.owned(this.tokens);
	}

	/// How a call reaches Redis.
	public interface Calls {

		/// At once and always.
		Calls SAFE = new Calls() {

			@Override
			public <T> T call(String name, Supplier<Object> arguments, Supplier<T> effect) {
				return effect.get();
			}

		};

		<T> T call(String name, Supplier<Object> arguments, Supplier<T> effect) throws LedgerException;

		default boolean isAvailable() {
			return true;
		}

	}

}
