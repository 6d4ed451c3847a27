package dev.holdfast.simulation;

import java.util.Map;
import java.util.TreeMap;

/// How likely each fault is, and how often each happened.
final class Faults {

	private final Map<String, Integer> happened = new TreeMap<>();

	private final World world;

	private double rate;

	Faults(World world, double rate) {
		this.world = world;
		this.rate = rate;
	}

	/// Whether a fault happens here and now.
	boolean strike(String name) {
		return strike(name, 1);
	}

	boolean strike(String name, double weight) {
		if (this.rate == 0 || !this.world.chance(this.rate * weight)) {
			return false;
		}
		happened(name);
		return true;
	}

	void happened(String name) {
		this.world.trace(() -> "fault " + name);
		this.happened.merge(name, 1, Integer::sum);
	}

	/// From now on nothing goes wrong any more.
	void end() {
		this.rate = 0;
	}

	boolean areOver() {
		return this.rate == 0;
	}

	Map<String, Integer> happened() {
		return this.happened;
	}

}
