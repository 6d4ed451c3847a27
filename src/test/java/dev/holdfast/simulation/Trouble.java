package dev.holdfast.simulation;

import java.time.Duration;
import java.util.List;
import java.util.Set;

import dev.holdfast.buffer.SegmentKey;

/// What goes wrong besides calls: replicas crash, stop and freeze, Redis fails over and
/// forgets, ways are cut, clocks jump, the bucket loses.
final class Trouble {

	/// How long the lifecycle waits for handlers before it interrupts them.
	private static final Duration PATIENCE = Duration.ofSeconds(15);

	/// Two cuts within this may together outlast a lease, which one gap does not.
	private static final Duration LEASE = Duration.ofSeconds(30);

	private static final Duration LONG_OUTAGE = Duration.ofSeconds(120);

	private static final int MOST_MILLIS = 40_000;

	private final Simulation simulation;

	private final World world;

	/// How long there is peace at most, in milliseconds. Where troubles are rare, no
	/// other explains what should not have been.
	private final int pace;

	Trouble(Simulation simulation) {
		this.simulation = simulation;
		this.world = simulation.world;
		this.pace = 4_000 + this.world.random.nextInt(MOST_MILLIS);
	}

	void run() {
		try {
			if (this.world.chance(0.1)) {
				loseHandler(LONG_OUTAGE);
			}
			this.simulation.outside.pause(upTo(this.pace));
			while (!this.simulation.faults.areOver()) {
				strike(this.simulation.anyReplica());
				this.simulation.outside.pause(upTo(this.pace));
			}
		}
		catch (InterruptedException ex) {
			throw new AssertionError(ex);
		}
	}

	private Duration upTo(int millis) {
		return Duration.ofMillis(this.world.random.nextInt(millis));
	}

	private void strike(Replica victim) {
		switch (this.world.random.nextInt(17)) {
			case 0, 1 -> this.simulation.crash(victim);
			case 2, 16 -> stop(victim);
			case 3, 4 -> this.simulation.freeze(victim);
			case 5 -> cut(victim);
			case 6, 7, 8 -> failOver();
			case 9 -> flush();
			case 10 -> this.simulation.opens("W7 redis clock jump", this.simulation.redis.endAllLeases());
			case 11 -> jump(victim);
			case 12 -> loseStore(victim);
			case 13 -> loseHandler(upTo(60_000));
			default -> loseObject();
		}
	}

	/// Handlers are interrupted at the end of the patience, and what is not confirmed
	/// by then is given up.
	private void stop(Replica victim) {
		this.simulation.faults.happened("replica stopped");
		this.simulation.outside.after(PATIENCE, "interrupt", () -> {
			if (!victim.process.isDead()) {
				this.simulation.opens("W3 stop interrupts", victim);
			}
		});
		victim.stop(() -> this.simulation.crash(victim));
		this.simulation.replace(victim);
		if (this.world.random.nextBoolean()) {
			this.simulation.freeze(victim, LEASE.plusSeconds(this.world.random.nextInt(30)));
		}
	}

	/// The replica goes on, and cannot renew its leases.
	private void cut(Replica victim) {
		cut(victim, Duration.ofSeconds(5 + this.world.random.nextInt(60)));
	}

	private void cut(Replica victim, Duration time) {
		this.simulation.opens("W4 lease overrun, cut off", victim);
		victim.toRedis.cut(time);
	}

	/// Mostly the last writes are lost, now and then any number; until a replica is
	/// promoted nobody answers.
	private void failOver() {
		int back = this.world.chance(0.2) ? this.world.random.nextInt(this.simulation.redis.calls() + 1)
				: this.world.random.nextInt(20);
		this.simulation.calls.settle();
		this.simulation.opens("W5 failover tail", this.simulation.redis.failOver(back));
		Duration gap = upTo(this.world.random.nextBoolean() ? 12_000 : 100);
		for (Replica replica : this.simulation.replicas()) {
			if (replica.toRedis.wasCut(LEASE)) {
				cut(replica, gap);
			}
			replica.toRedis.cut(gap);
		}
	}

	private void flush() {
		if (this.world.chance(0.3)) {
			this.simulation.calls.settle();
			this.simulation.opens("W6 dedupe memory gone", this.simulation.redis.flush());
			this.simulation.shopify.resend();
		}
	}

	private void jump(Replica victim) {
		this.simulation.faults.happened("clock of a replica jumps");
		victim.process.skew(Duration.ofMinutes(this.world.random.nextInt(2 * 40 * 24 * 60) - 40 * 24 * 60));
	}

	private void loseStore(Replica victim) {
		if (this.world.random.nextBoolean()) {
			this.simulation.faults.happened("store slow");
			this.simulation.replicas().forEach((replica) -> replica.toStore.slow(upTo(20_000)));
			return;
		}
		this.simulation.faults.happened("store unreachable");
		List<Replica> victims = this.world.random.nextBoolean() ? List.of(victim) : this.simulation.replicas();
		Duration gap = upTo(40_000);
		victims.forEach((replica) -> replica.toStore.cut(gap));
	}

	private void loseHandler(Duration time) {
		this.simulation.faults.happened("handler down");
		this.simulation.faults.loseHandler(Effects.NAMES.get(this.world.random.nextInt(Effects.NAMES.size())), time);
	}

	private void loseObject() {
		String folder = this.world.random.nextBoolean() ? SegmentKey.INBOX : SegmentKey.RETRY;
		List<Stored> objects = this.simulation.store.under(folder);
		if (objects.isEmpty()) {
			return;
		}
		Stored object = objects.get(this.world.random.nextInt(objects.size()));
		if (this.world.chance(0.1)) {
			this.simulation.faults.happened("object kills its reader");
			this.simulation.store.poison(object);
		}
		else if (this.world.chance(0.7)) {
			this.simulation.faults.happened("W10 object altered");
			this.simulation.store.alter(object);
		}
		else {
			this.simulation.faults.happened("W10 object lost");
			this.simulation.keeps("W10 lost", object.copies());
			this.simulation.store.lose(object);
		}
	}

}
