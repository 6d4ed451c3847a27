package dev.holdfast.process;

import java.time.Duration;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.function.Supplier;

import dev.holdfast.ledger.LedgerException;
import dev.holdfast.simulation.SimulatedLedger;
import dev.holdfast.simulation.World;

/// The way to Redis, which fails and delays as a test says, and tells what passes.
final class BenchWire implements SimulatedLedger.Calls {

	/// Which calls do not arrive, by their names.
	final Set<String> failing = new HashSet<>();

	/// Which calls are carried out and get no answer, by their names.
	final Set<String> unanswered = new HashSet<>();

	boolean available = true;

	/// How long a call takes.
	Duration time = Duration.ZERO;

	private final World world;

	private final List<String> events;

	BenchWire(World world, List<String> events) {
		this.world = world;
		this.events = events;
	}

	@Override
	public <T> T call(String name, Supplier<Object> arguments, Supplier<T> effect) throws LedgerException {
		this.events.add("redis " + name + " " + arguments.get());
		if (!this.time.isZero()) {
			Bench.wait(this.world.new Process(Duration.ZERO), this.time);
		}
		if (this.failing.contains(name)) {
			throw new LedgerException("no answer", new IllegalStateException());
		}
		T answer = effect.get();
		if (this.unanswered.contains(name)) {
			throw new LedgerException("no answer", new IllegalStateException());
		}
		return answer;
	}

	@Override
	public boolean isAvailable() {
		return this.available;
	}

}
