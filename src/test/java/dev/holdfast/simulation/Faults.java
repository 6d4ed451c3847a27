package dev.holdfast.simulation;

import java.time.Duration;
import java.util.HashMap;
import java.util.Map;

/// How likely each fault is, and how often each happened.
final class Faults {

	private final Map<String, Integer> happened = new HashMap<>();

	/// Until when handlers are down.
	private final Map<String, Long> down = new HashMap<>();

	private final World world;

	private double rate;

	private int total;

	Faults(World world, double rate) {
		this.world = world;
		this.rate = rate;
	}

	/// Whether a fault happens here and now.
	boolean strike(String name) {
		return strike(name, "", 1);
	}

	/// Whether a fault happens to a call.
	boolean strike(String call, String how) {
		return strike(call, how, 1);
	}

	/// @param weight how much likelier than others it is
	boolean strike(String call, String how, double weight) {
		if (this.rate == 0 || !this.world.chance(this.rate * weight)) {
			return false;
		}
		happened(call + how);
		return true;
	}

	void happened(String name) {
		this.world.trace(() -> "fault " + name);
		this.total++;
		count(name);
	}

	/// Counts what is no fault.
	void count(String name) {
		this.happened.merge(name, 1, Integer::sum);
	}

	/// From now on nothing goes wrong any more.
	void end() {
		this.rate = 0;
	}

	boolean areOver() {
		return this.rate == 0;
	}

	/// How many faults there were in all.
	int total() {
		return this.total;
	}

	Map<String, Integer> happened() {
		return this.happened;
	}

	/// Lets a handler fail for a time, at every replica.
	void loseHandler(String name, Duration time) {
		this.down.put(name, this.world.nanoTime() + time.toNanos());
	}

	boolean isDown(String handler) {
		return this.down.getOrDefault(handler, 0L) > this.world.nanoTime();
	}

}
