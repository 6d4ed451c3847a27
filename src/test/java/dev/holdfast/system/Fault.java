package dev.holdfast.system;

import java.time.Duration;
import java.util.Random;

import dev.holdfast.fixture.Firewall;
import dev.holdfast.fixture.Mischief;
import dev.holdfast.fixture.RedisProcess;
import dev.holdfast.fixture.StoreProxy.Operation;
import dev.holdfast.fixture.Toxic;
import dev.holdfast.system.Incident.Excuse;
import org.jspecify.annotations.Nullable;

/// What can go wrong on a [Stage], with what it does to the deliveries in flight.
enum Fault {

	REPLICA_KILLED(Part.REPLICA, 2, Blows::kill),

	REPLICA_FROZEN(Part.REPLICA, 6, (stage, random) -> Blows.freeze(stage, random, false)),

	REPLICA_FROZEN_BEYOND_ITS_LEASE(Part.REPLICA, 36, (stage, random) -> Blows.freeze(stage, random, true)),

	REPLICA_RESTARTED(Part.REPLICA, 2, (stage, random) -> Blows.restart(stage, random)),

	REDIS_KILLED(Part.REDIS, 8, (stage, _) -> Blows.failover(stage, RedisProcess::kill, RedisProcess::restart)),

	REDIS_FROZEN(Part.REDIS, 8, (stage, _) -> Blows.failover(stage, RedisProcess::freeze, RedisProcess::thaw)),

	REDIS_CUT_OFF(Part.REDIS, 8, (stage, _) -> Blows.cutOff(stage, "127.0.0.0/8", Duration.ZERO)),

	REDIS_CUT_OFF_WITH_THE_REPLICAS(Part.REDIS, 10,
			(stage, _) -> Blows.cutOff(stage, stage.redisNetwork(), Stage.WRITABLE)),

	REDIS_OUT_OF_REACH(Part.REDIS, 5, (stage, _) -> Blows.way(stage, Firewall::part)),

	REDIS_FAILED_OVER(Part.REDIS, 4, (stage, _) -> Blows.plannedFailover(stage)),

	REDIS_KILLED_AND_A_SENTINEL_FROZEN(Part.REDIS, 8, Blows::killBehindFrozenSentinel),

	REDIS_RESTARTED(Part.REDIS, 2, (stage, _) -> Blows.restartPrimary(stage)),

	REDIS_FLUSHED(Part.REDIS, 1, (stage, _) -> Blows.flush(stage)),

	REDIS_FULL(Part.REDIS, 5, (stage, _) -> Blows.full(stage)),

	REDIS_CANNOT_SAVE(Part.REDIS, 5, (stage, _) -> Blows.failToSave(stage)),

	SENTINELS_KILLED(Part.REDIS, 5, (stage, _) -> Blows.killSentinels(stage)),

	REDIS_RESETS(Part.REDIS, 2, (stage, _) -> Blows.way(stage, Firewall::reset)),

	REDIS_LOSES_PACKETS(Part.REDIS, 5, (stage, _) -> Blows.way(stage, Firewall::lose)),

	REDIS_CLOCK_JUMPS(Part.REDIS, 1, (stage, _) -> Blows.endLeases(stage)),

	STORE_500(Part.STORE, 5, Blows.answers(500, "InternalError", 1, Blows.everything())),

	STORE_500_OF_FIVE_ONE(Part.STORE, 8, Blows.answers(500, "InternalError", 0.2, Blows.everything())),

	STORE_503(Part.STORE, 5, Blows.answers(503, "ServiceUnavailable", 1, Blows.everything())),

	STORE_SLOW_DOWN(Part.STORE, 5, Blows.answers(503, "SlowDown", 0.5, Blows.everything())),

	STORE_FULL(Part.STORE, 5, Blows.answers(507, "InsufficientStorage", 1, Operation.PUT, Operation.COPY)),

	STORE_FORBIDDEN(Part.STORE, 5, Blows.answers(403, "InvalidAccessKeyId", 1, Blows.everything())),

	STORE_SILENT(Part.STORE, 6, Blows.mischief(new Mischief.Silence(), 1, Blows.everything())),

	STORE_RESETS_UPLOADS(Part.STORE, 5, Blows.mischief(new Mischief.ResetMidBody(), 0.7, Operation.PUT)),

	STORE_LOSES_ANSWERS(Part.STORE, 5, Blows.mischief(new Mischief.LoseAnswer(), 0.7, Blows.everything())),

	STORE_ANSWERS_LATE(Part.STORE, 8,
			Blows.mischief(new Mischief.LateAnswer(Duration.ofSeconds(6)), 0.5, Operation.PUT, Operation.DELETE)),

	STORE_APPLIES_LATE(Part.STORE, 8,
			Blows.mischief(new Mischief.LateRequest(Duration.ofSeconds(6)), 0.5, Operation.PUT, Operation.DELETE)),

	STORE_TRUNCATES(Part.STORE, 8, Blows.mischief(new Mischief.Truncate(), 0.7, Operation.GET, Operation.LIST)),

	STORE_SHORTENS(Part.STORE, 8, Blows.mischief(new Mischief.Shorten(), 0.7, Operation.GET, Operation.LIST)),

	STORE_ALTERS(Part.STORE, 8, Blows.mischief(new Mischief.Alter(), 0.7, Operation.GET)),

	STORE_LISTS_STALE(Part.STORE, 8, Blows.mischief(new Mischief.Stale(), 1, Operation.LIST)),

	STORE_DELETES_NOTHING(Part.STORE, 8, Blows.answers(403, "AccessDenied", 1, Operation.DELETE)),

	STORE_DELETES_SOME(Part.STORE, 8, Blows.mischief(new Mischief.RefuseSomeKeys(), 1, Operation.DELETE)),

	STORE_DOWN(Part.STORE, 5, (stage, _) -> {
		stage.wayToStore().down();
		return new Struck(stage.wayToStore()::up);
	}),

	STORE_OUT_OF_REACH(Part.STORE, 5, (stage, _) -> {
		stage.wayToStore().timeout();
		return new Struck(stage.wayToStore()::clear);
	}),

	STORE_RESETS(Part.STORE, 3, (stage, _) -> {
		stage.wayToStore().resetPeer();
		return new Struck(stage.wayToStore()::clear);
	}),

	STORE_SLOW(Part.STORE, 6, Blows.toxic(new Toxic.Latency(Duration.ofMillis(400)))),

	STORE_IN_SLICES(Part.STORE, 6, Blows.toxic(new Toxic.Slicer(700, Duration.ofMillis(20)))),

	STORE_CUTS_OFF(Part.STORE, 6, Blows.toxic(new Toxic.LimitData(20_000))),

	HANDLERS_FAIL(Part.HANDLER, 4, (stage, _) -> {
		stage.site().failing(true);
		return new Struck(() -> stage.site().failing(false));
	}),

	CORE_TAKEN(Part.MACHINE, 10, (stage, _) -> Blows.takeCore(stage));

	/// What it strikes. Faults of different parts can strike together.
	enum Part {

		REPLICA, REDIS, STORE, HANDLER, MACHINE

	}

	/// Strikes.
	interface Blow {

		Struck strike(Stage stage, Random random);

	}

	/// A fault that has struck.
	///
	/// @param repair ends it
	/// @param port of the replica that was struck; 0 for none
	/// @param excuse the repeats that it may cause
	record Struck(Runnable repair, int port, @Nullable Excuse excuse) {

		Struck(Runnable repair) {
			this(repair, 0, null);
		}

	}

	private final Part part;

	private final Duration hold;

	private final Blow blow;

	Fault(Part part, int seconds, Blow blow) {
		this.part = part;
		this.hold = Duration.ofSeconds(seconds);
		this.blow = blow;
	}

	Part part() {
		return this.part;
	}

	Duration hold() {
		return this.hold;
	}

	Struck strike(Stage stage, Random random) {
		return this.blow.strike(stage, random);
	}

	/// Whether it ends with another primary.
	boolean isFailover() {
		return switch (this) {
			case REDIS_KILLED, REDIS_FROZEN, REDIS_CUT_OFF, REDIS_CUT_OFF_WITH_THE_REPLICAS, REDIS_FAILED_OVER,
					REDIS_KILLED_AND_A_SENTINEL_FROZEN ->
				true;
			default -> false;
		};
	}

	/// Whether processing stands still for as long as it lasts, and is not to be measured
	/// by that.
	boolean isOutage() {
		return switch (this) {
			case REDIS_OUT_OF_REACH, REDIS_FULL, REDIS_CANNOT_SAVE, REDIS_RESETS, HANDLERS_FAIL -> true;
			default -> false;
		};
	}

	/// Why it cannot be tried here; null if it can.
	@Nullable String impossible() {
		return switch (this) {
			case REDIS_CUT_OFF, REDIS_CUT_OFF_WITH_THE_REPLICAS, REDIS_OUT_OF_REACH, REDIS_RESETS,
					REDIS_LOSES_PACKETS ->
				Firewall.isPossible() ? null : "no right to use iptables";
			default -> null;
		};
	}

}
