package dev.holdfast.system;

import java.util.ArrayList;
import java.util.Collections;
import java.util.EnumSet;
import java.util.List;
import java.util.Random;
import java.util.Set;
import java.util.stream.IntStream;
import java.util.stream.Stream;

/// What strikes, step by step, under a seed: faults of different parts together, or one
/// alone.
///
/// @param steps the faults of each
record FaultSchedule(List<Set<Fault>> steps) {

	private static final int TOGETHER_OF_TEN = 4;

	/// Over consecutive seeds every fault is equally frequent.
	static FaultSchedule of(long seed, int steps) {
		Random random = new Random(seed);
		return new FaultSchedule(
				IntStream.range(0, steps).mapToObj((i) -> step(turn(seed * steps + i), random)).toList());
	}

	/// One after the other, each alone.
	static FaultSchedule inTurn(List<Fault> faults) {
		return new FaultSchedule(faults.stream().map(Set::of).toList());
	}

	private static Fault turn(long position) {
		List<Fault> deck = possible();
		Collections.shuffle(deck, new Random(position / deck.size()));
		return deck.get((int) (position % deck.size()));
	}

	private static Set<Fault> step(Fault first, Random random) {
		Set<Fault> step = EnumSet.of(first);
		while (random.nextInt(10) < TOGETHER_OF_TEN) {
			List<Fault> others = possible();
			Fault other = others.get(random.nextInt(others.size()));
			if (step.stream().noneMatch((fault) -> fault.part() == other.part())) {
				step.add(other);
			}
		}
		return step;
	}

	private static List<Fault> possible() {
		return new ArrayList<>(Stream.of(Fault.values()).filter((fault) -> fault.impossible() == null).toList());
	}

}
