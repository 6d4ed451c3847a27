package dev.holdfast.simulation;

import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
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

	public SimulatedLedger(SimulatedRedis redis, Calls calls) {
		this.redis = redis;
		this.calls = calls;
	}

	@Override
	public List<Claim> claim(List<String> segments, String token, Duration lease) throws LedgerException {
		this.tokens.add(token);
		return this.calls.call("claim", () -> segments + " " + token, () -> {
			List<Claim> answers = new ArrayList<>();
			for (String segment : segments) {
				answers.add(this.redis.claim(segment, token, lease));
			}
			return answers;
		});
	}

	@Override
	public List<Begun> begin(Lease lease, List<CopyKey> copies, boolean claim) throws LedgerException {
		this.tokens.add(lease.token());
		return this.calls.call("begin", () -> lease + " " + copies, () -> this.redis.begin(lease, copies, claim));
	}

	@Override
	public List<Boolean> renew(List<Lease> leases) throws LedgerException {
		return this.calls.call("renew", () -> leases, () -> leases.stream().map(this.redis::renew).toList());
	}

	@Override
	public List<MarkAnswer> mark(List<Mark> marks, List<Settlement> settlements) throws LedgerException {
		return this.calls.call("mark", () -> marks + " " + settlements, () -> {
			List<MarkAnswer> answers = new ArrayList<>();
			marks.forEach((mark) -> answers.add(this.redis.mark(mark)));
			settlements.forEach(this.redis::settle);
			return answers;
		});
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

	/// The open records that are this replica's.
	Set<String> owned() {
		return this.redis.owned(this.tokens);
	}

	boolean owns(String record) {
		return this.redis.isOwned(record, this.tokens);
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
