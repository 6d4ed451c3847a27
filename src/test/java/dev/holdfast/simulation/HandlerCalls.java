package dev.holdfast.simulation;

import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Stream;

import dev.holdfast.oracle.Effect;

/// The calls of handlers that run, or whose effect was had and is not marked yet: what a
/// fault may have repeated.
final class HandlerCalls {

	private final List<Call> calls = new ArrayList<>();

	/// Under which ledgers a record was handled.
	private final Map<String, Set<SimulatedRedis>> ledgers = new HashMap<>();

	Call begin(Replica replica, String handler, String key) {
		String whole = key.replace('.', '#');
		String part = whole + "@" + handler;
		List<String> begun = Stream.of(whole, part).filter(replica.ledger::hasBegun).toList();
		List<String> both = List.of(whole, part);
		Call call = new Call(replica, Effect.once(handler, key), both, begun.isEmpty() ? both : begun);
		this.calls.add(call);
		return call;
	}

	/// Whether another replica calls the same handler under a lease that it still
	/// holds, and no fault of either, or of Redis, explains that.
	/// @param opened when a window was opened last over this effect, by replica, and by
	/// ""
	boolean isOverlap(Call call, Duration lease, Map<String, Long> opened) {
		return this.calls.stream().filter((other) -> other.isHeldAgainst(call, lease)).anyMatch((other) -> {
			long since = Math.min(other.began, call.began);
			return Stream.of("", other.replica.name, call.replica.name)
				.noneMatch((hit) -> opened.getOrDefault(hit, -1L) >= since);
		});
	}

	/// Ends a call without an effect.
	void failed(Call call) {
		this.calls.remove(call);
	}

	/// The records that a fault of a replica exposes: those it has begun and not
	/// marked, for which it may have stored a next copy, too, and those of its calls.
	Set<String> inFlight(Replica replica) {
		Set<String> records = replica.ledger.owned();
		settle();
		this.calls.stream().filter((call) -> call.replica == replica).forEach((call) -> records.addAll(call.records));
		return records;
	}

	/// Forgets what is marked. What a failover takes back is exposed by the failover.
	void settle() {
		this.calls.removeIf(Call::isMarked);
	}

	/// The records of a call that are handled under a second ledger by it.
	Set<String> abroad(Call call) {
		Set<String> abroad = new HashSet<>();
		for (String record : call.records) {
			Set<SimulatedRedis> handled = this.ledgers.computeIfAbsent(record, (_) -> new HashSet<>());
			if (handled.add(call.replica.redis) && handled.size() > 1) {
				abroad.add(record);
			}
		}
		return abroad;
	}

	/// A call.
	///
	/// @param records the record it was begun under, or both that it may be
	static final class Call {

		private final Replica replica;

		private final String once;

		private final List<String> both;

		private final List<String> records;

		private final long began;

		private boolean had;

		Call(Replica replica, String once, List<String> both, List<String> records) {
			this.replica = replica;
			this.once = once;
			this.both = both;
			this.records = records;
			this.began = replica.ledger.begunAt(records.getFirst());
		}

		private boolean isHeldAgainst(Call other, Duration lease) {
			return this.replica != other.replica && this.replica.redis == other.replica.redis
					&& this.once.equals(other.once) && this.records.equals(other.records) && this.records.size() == 1
					&& !this.had && !this.replica.process.isDead()
					&& this.replica.ledger.isHeld(this.records.getFirst(), lease);
		}

		void had() {
			this.had = true;
		}

		Replica replica() {
			return this.replica;
		}

		String once() {
			return this.once;
		}

		/// The records it may be for: the delivery's, and that of this handler's part.
		List<String> both() {
			return this.both;
		}

		/// Whether the replica was told to handle one of them, which other copies of it
		/// may have ended by now.
		boolean isBegun() {
			return this.both.stream().anyMatch(this.replica.ledger::hasBegun);
		}

		/// The record it is for, if that is known.
		List<String> records() {
			return this.records;
		}

		/// Whether it was begun while the replica could still rely on its lease.
		/// Whoever has just been frozen may have been on the way.
		boolean isLeased(Duration lease) {
			return this.replica.process.wasFrozen(Duration.ofSeconds(1))
					|| this.records.stream().anyMatch((record) -> this.replica.ledger.isHeld(record, lease));
		}

		private boolean isMarked() {
			return this.had && this.records.stream().allMatch(this.replica.redis::isClosed);
		}

	}

}
