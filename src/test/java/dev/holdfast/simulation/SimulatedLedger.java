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

	/// Every token this replica ever asked a lease for.
	private final Set<String> tokens = new HashSet<>();

	/// When the last granted request for the lease of a segment was sent.
	private final Map<String, Long> granted = new HashMap<>();

	/// Under which segments records were begun.
	private final Map<String, Beginning> begun = new HashMap<>();

	public SimulatedLedger(SimulatedRedis redis, Calls calls) {
		this.redis = redis;
		this.calls = calls;
	}

	@Override
	public List<Claim> claim(List<String> segments, String token, Duration lease) throws LedgerException {
		this.tokens.add(token);
		long sent = this.redis.now();
		List<Claim> claims = this.calls.call("claim", () -> segments + " " + token,
				() -> segments.stream().map((segment) -> this.redis.claim(segment, token, lease)).toList());
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
				() -> this.redis.begin(lease, copies, claim));
		granted(lease.segment(), claim && !begun.isEmpty(), sent);
		for (int i = 0; i < begun.size(); i++) {
			if (begun.get(i) instanceof Begun.Fresh || begun.get(i) instanceof Begun.Resumed) {
				this.begun.put(copies.get(i).record(), new Beginning(lease.segment(), sent));
			}
		}
		return begun;
	}

	@Override
	public List<Boolean> renew(List<Lease> leases) throws LedgerException {
		long sent = this.redis.now();
		List<Boolean> held = this.calls.call("renew", () -> leases,
				() -> leases.stream().map(this.redis::renew).toList());
		for (int i = 0; i < held.size(); i++) {
			granted(leases.get(i).segment(), held.get(i), sent);
		}
		return held;
	}

	@Override
	public List<MarkAnswer> mark(List<Mark> marks, List<Settlement> settlements) throws LedgerException {
		List<MarkAnswer> marked = this.calls.call("mark", () -> marks + " " + settlements, () -> {
			List<MarkAnswer> answers = new ArrayList<>();
			marks.forEach((mark) -> answers.add(this.redis.mark(mark)));
			settlements.forEach(this.redis::settle);
			return answers;
		});
		marks.forEach((mark) -> this.begun.remove(mark.copy().record()));
		return marked;
	}

	@Override
	public List<Closed> closed(List<CopyKey> copies) throws LedgerException {
		return this.calls.call("closed", () -> copies, () -> copies.stream().map(this.redis::closed).toList());
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

	/// Whether the lease under which a record was begun was granted, in an answer that
	/// came, to a request sent not longer ago than it lasts.
	boolean isHeld(String record, Duration lease) {
		Beginning beginning = this.begun.get(record);
		return beginning == null
				|| this.redis.now() - this.granted.getOrDefault(beginning.segment, 0L) < lease.toNanos();
	}

	/// When this replica asked to begin a record.
	long begunAt(String record) {
		Beginning beginning = this.begun.get(record);
		return (beginning != null) ? beginning.at : 0;
	}

	private record Beginning(String segment, long at) {
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
