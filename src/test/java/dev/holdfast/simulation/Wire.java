package dev.holdfast.simulation;

import java.time.Duration;
import java.util.function.Function;
import java.util.function.Supplier;

/// The way of one replica to a server: where a call is lost before or after its effect, has
/// its effect late, or is the last thing the replica does.
final class Wire {

	private static final int LATE_MILLIS = 60_000;

	private static final int GIVEN_UP_MILLIS = 1200;

	/// How likely a freeze is between a call and its answer, as part of other faults.
	private static final double FROZEN = 0.01;

	private static final double RENEW_FROZEN = 0.3;

	private final World world;

	private final Faults faults;

	private final World.Process network;

	private final Crashes crashes;

	private final int millis;

	/// Lets the replica do nothing for a time.
	private final Runnable freeze;

	private long downUntil = Long.MIN_VALUE;

	private long slowUntil = Long.MIN_VALUE;

	/// @param network what a late effect does not die with
	/// @param millis how long one way takes at most
	/// @param freeze lets the replica do nothing for a time, while an answer waits for it
	Wire(World world, Faults faults, World.Process network, Crashes crashes, int millis, Runnable freeze) {
		this.world = world;
		this.faults = faults;
		this.network = network;
		this.crashes = crashes;
		this.millis = millis;
		this.freeze = freeze;
	}

	/// Lets nothing through for a time.
	void cut(Duration time) {
		this.downUntil = Math.max(this.downUntil, this.world.nanoTime() + time.toNanos());
	}

	/// Lets answers take long for a time, most of them longer than anybody waits.
	void slow(Duration time) {
		this.slowUntil = this.world.nanoTime() + time.toNanos();
	}

	/// Whether it was cut within a time before now.
	boolean wasCut(Duration within) {
		return this.downUntil > this.world.nanoTime() - within.toNanos();
	}

	boolean isCut() {
		return this.downUntil > this.world.nanoTime() && !this.faults.areOver();
	}

	/// Makes a call.
	/// @param changes whether it changes anything, so that it may do so late
	/// @param failure what tells the caller that there was no answer
	<T, E extends Exception> T call(String name, boolean changes, Supplier<T> effect, Function<String, E> failure)
			throws E {
		this.crashes.before(name);
		this.world.moment(this.millis);
		if (isCut()) {
			throw lost("no connection", failure);
		}
		if (this.faults.strike(name, " request lost")) {
			throw lost("no answer", failure);
		}
		boolean tooSlow = isTooSlow();
		if (tooSlow && this.world.chance(0.8)) {
			throw lost("no answer", failure);
		}
		if (changes && (tooSlow || this.faults.strike(name, " applied late"))) {
			this.world.timer(Duration.ofMillis(this.world.random.nextInt(LATE_MILLIS)).toNanos(), this.network,
					effect::get);
			throw lost("no answer", failure);
		}
		T answer = effect.get();
		this.crashes.after(name);
		if (this.faults.strike(name, " frozen", name.equals("renew") ? RENEW_FROZEN : FROZEN)) {
			this.freeze.run();
		}
		this.world.moment(this.millis);
		if (isCut()) {
			throw lost("connection reset", failure);
		}
		if (this.faults.strike(name, " reply lost")) {
			throw lost("no answer", failure);
		}
		this.faults.count(name + " answered");
		return answer;
	}

	/// Waits, where answers take long.
	private boolean isTooSlow() {
		if (this.slowUntil <= this.world.nanoTime() || this.faults.areOver()) {
			return false;
		}
		this.world.moment(GIVEN_UP_MILLIS);
		return this.world.chance(0.7);
	}

	/// Half of what is lost is known at once, half only when time is up.
	private <E extends Exception> E lost(String how, Function<String, E> failure) {
		if (this.world.random.nextBoolean()) {
			this.world.moment(1000);
		}
		return failure.apply(how);
	}

}
