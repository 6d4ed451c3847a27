package dev.holdfast.system;

import java.io.File;
import java.time.Duration;
import java.util.List;
import java.util.Random;
import java.util.Set;
import java.util.function.Consumer;
import java.util.function.Function;

import dev.holdfast.fixture.Firewall;
import dev.holdfast.fixture.Mischief;
import dev.holdfast.fixture.OwnedProcess;
import dev.holdfast.fixture.RedisProcess;
import dev.holdfast.fixture.StoreProxy.Operation;
import dev.holdfast.fixture.Toxic;
import dev.holdfast.system.Fault.Blow;
import dev.holdfast.system.Fault.Struck;
import dev.holdfast.system.Incident.Excuse;

/// How [Fault]s strike, and which repeats each excuses.
final class Blows {

	/// From a blow to its effect.
	private static final long AT_ONCE = Duration.ofMillis(200).toNanos();

	private static final Duration ENDED = Duration.ofSeconds(45);

	private static final String END_LEASES = "for _, key in ipairs(redis.call('keys', '*:s:*')) do redis.call('pexpire', key, 1) end";

	private Blows() {
	}

	static Operation[] everything() {
		return Operation.values();
	}

	static Blow answers(int status, String code, double share, Operation... operations) {
		return mischief(new Mischief.Answer(status, code), share, operations);
	}

	static Blow mischief(Mischief mischief, double share, Operation... operations) {
		return (stage, _) -> {
			stage.store().strike(mischief, share, operations);
			return new Struck(stage.store()::clear);
		};
	}

	static Blow toxic(Toxic toxic) {
		return (stage, _) -> {
			stage.wayToStore().downstream(toxic);
			return new Struck(stage.wayToStore()::clear);
		};
	}

	static Struck kill(Stage stage, Random random) {
		OwnReplica replica = stage.any(random);
		String incarnation = replica.incarnation();
		long unmarked = stage.unmarkedSince(replica);
		replica.kill9();
		return new Struck(replica::restart, replica.port(),
				excuse("W3", unmarked, (history) -> history.running(incarnation, Long.MAX_VALUE, unmarked)));
	}

	static Struck freeze(Stage stage, Random random, boolean beyondItsLease) {
		OwnReplica replica = stage.any(random);
		String incarnation = replica.incarnation();
		long unmarked = stage.unmarkedSince(replica);
		long frozen = System.nanoTime();
		replica.freeze();
		Excuse excuse = excuse("W4", frozen, (history) -> history.running(incarnation, frozen + AT_ONCE, unmarked));
		return new Struck(replica::thaw, replica.port(), beyondItsLease ? excuse : null);
	}

	/// What it cannot mark because Redis is away is what a killed one could not.
	static Struck restart(Stage stage, Random random) {
		OwnReplica replica = stage.any(random);
		String incarnation = replica.incarnation();
		long unmarked = stage.unmarkedSince(replica);
		boolean trouble = stage.isRedisTroubled();
		if (!replica.terminate(ENDED)) {
			throw new IllegalStateException(incarnation + " does not end");
		}
		replica.restart();
		return new Struck(() -> {
		}, replica.port(), trouble
				? excuse("W3", unmarked, (history) -> history.running(incarnation, Long.MAX_VALUE, unmarked)) : null);
	}

	/// As by a neighbour on the machine: a busy loop that goes before everything else,
	/// where there is the right to that.
	static Struck takeCore(Stage stage) {
		OwnedProcess loop = OwnedProcess.start(List.of("nice", "-n", "-20", "sh", "-c", "while :; do :; done"),
				stage.site().directory(), stage.site().directory().resolve("loop.log"));
		return new Struck(loop::kill);
	}

	static Struck failover(Stage stage, Consumer<RedisProcess> strike, Consumer<RedisProcess> repair) {
		RedisProcess primary = stage.redis().currentPrimary();
		long struck = System.nanoTime();
		strike.accept(primary);
		return new Struck(() -> repair.accept(primary), 0, tail(struck, System.nanoTime()));
	}

	static Struck killBehindFrozenSentinel(Stage stage, Random random) {
		RedisProcess sentinel = stage.sentinels().getFirst();
		return failover(stage, (primary) -> {
			sentinel.freeze();
			primary.kill();
		}, (primary) -> {
			sentinel.thaw();
			primary.restart();
		});
	}

	static Struck plannedFailover(Stage stage) {
		long struck = System.nanoTime();
		stage.redis().failover();
		return new Struck(() -> {
		}, 0, tail(struck, System.nanoTime()));
	}

	/// @param writable how long those on the primary's side can write to it
	static Struck cutOff(Stage stage, String from, Duration writable) {
		long struck = System.nanoTime();
		firewall(stage).part(stage.redis().currentPrimary().host(), from);
		return new Struck(firewall(stage)::heal, 0, tail(struck, System.nanoTime() + writable.toNanos()));
	}

	/// Loses what was not written to its disk yet, its replicas with it.
	static Struck restartPrimary(Stage stage) {
		RedisProcess primary = stage.redis().currentPrimary();
		long struck = System.nanoTime();
		primary.kill();
		primary.restart();
		long back = System.nanoTime();
		return new Struck(() -> {
		}, 0, excuse("W6", struck, (history) -> history.touched(struck - 2 * Stage.LAG.toNanos(), back + AT_ONCE)));
	}

	static Struck flush(Stage stage) {
		Set<String> waiting = stage.waiting();
		long flushed = System.nanoTime();
		stage.redis().currentPrimary().command("FLUSHALL");
		return new Struck(() -> {
		}, 0, excuse("W6", flushed, (history) -> history.forgotten(flushed, flushed + AT_ONCE, waiting)));
	}

	static Struck full(Stage stage) {
		RedisProcess primary = stage.redis().currentPrimary();
		primary.command("CONFIG", "SET", "maxmemory", "1");
		return new Struck(() -> primary.command("CONFIG", "SET", "maxmemory", "0"));
	}

	/// As where its disk is full: with a directory in its place, the snapshot cannot be
	/// written.
	static Struck failToSave(Stage stage) {
		RedisProcess primary = stage.redis().currentPrimary();
		File snapshot = primary.directory().resolve("dump.rdb").toFile();
		snapshot.delete();
		snapshot.mkdir();
		primary.command("CONFIG", "SET", "save", "3600 1");
		primary.command("BGSAVE");
		return new Struck(() -> {
			snapshot.delete();
			primary.command("CONFIG", "SET", "save", "");
		});
	}

	static Struck killSentinels(Stage stage) {
		stage.sentinels().forEach(RedisProcess::kill);
		return new Struck(stage.redis().sentinels()::restart);
	}

	static Struck endLeases(Stage stage) {
		long jumped = System.nanoTime();
		stage.redis().currentPrimary().command("EVAL", END_LEASES, "0");
		return new Struck(() -> {
		}, 0, excuse("W7", jumped, (history) -> history.running("", jumped + AT_ONCE, jumped - Stage.LAG.toNanos())));
	}

	/// Between the replicas, and this test, and Redis.
	static Struck way(Stage stage, Way way) {
		way.between(firewall(stage), "127.0.0.1", stage.redis().currentPrimary().host());
		return new Struck(firewall(stage)::heal);
	}

	/// What is done to a way.
	interface Way {

		void between(Firewall firewall, String one, String other);

	}

	private static Firewall firewall(Stage stage) {
		if (stage.firewall() == null) {
			throw new IllegalStateException("no firewall");
		}
		return stage.firewall();
	}

	/// What was written last, and may not have reached the one that is promoted.
	private static Excuse tail(long struck, long cut) {
		return excuse("W5", struck, (history) -> history.touched(struck - Stage.LAG.toNanos(), cut + AT_ONCE));
	}

	private static Excuse excuse(String window, long from, Function<History, Set<String>> keys) {
		return new Excuse(window, from, keys);
	}

}
