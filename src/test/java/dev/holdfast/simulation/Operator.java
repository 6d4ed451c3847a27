package dev.holdfast.simulation;

import java.time.Duration;
import java.util.List;

import dev.holdfast.buffer.SegmentKey;
import dev.holdfast.deadletter.DeadLetterParts;

/// Replays and discards dead letters, now and then twice, both at once, or all of them.
final class Operator {

	private static final int TIMES = 14;

	private final Simulation simulation;

	private final World world;

	Operator(Simulation simulation) {
		this.simulation = simulation;
		this.world = simulation.world;
	}

	void run() {
		try {
			for (int i = 0; i < TIMES; i++) {
				this.simulation.outside.pause(Duration.ofMillis(this.world.random.nextInt(12_000)));
				List<Stored> letters = this.simulation.store.under(SegmentKey.DEAD_LETTER);
				if (!letters.isEmpty()) {
					operate(choose(letters));
				}
			}
		}
		catch (InterruptedException ex) {
			throw new AssertionError(ex);
		}
	}

	/// Mostly any, now and then one with a delivery that was handled since.
	private Stored choose(List<Stored> letters) {
		Stored any = letters.get(this.world.random.nextInt(letters.size()));
		return this.world.random.nextBoolean() ? any
				: letters.stream()
					.filter((letter) -> letter.copies().stream().anyMatch(this.simulation::wasHad))
					.findFirst()
					.orElse(any);
	}

	private void operate(Stored letter) {
		switch (this.world.random.nextInt(10)) {
			case 0, 1, 2, 3 -> replay(letter);
			case 4, 5 -> {
				replay(letter);
				replay(letter);
			}
			case 6 -> discard(letter);
			case 7 -> {
				replay(letter);
				discard(letter);
			}
			default -> {
				Duration over = Duration.ofSeconds(this.world.random.nextInt(60));
				this.simulation.anyReplica().operate("replay all", (letters) -> letters.replayAll(over));
			}
		}
	}

	private void replay(Stored letter) {
		boolean force = this.world.chance(0.2);
		Replica replica = this.simulation.anyReplica();
		replica.operate("replay", (letters) -> {
			int done = this.simulation.rules.done(letter, replica.redis);
			int losses = replica.redis.losses();
			DeadLetterParts.Answer answer = letters.replay(letter.key(), force);
			boolean unsure = force || replica.redis.losses() != losses;
			this.simulation.rules.replayed(letter, answer, unsure ? 0 : done, force);
		});
	}

	private void discard(Stored letter) {
		this.simulation.keeps("discarded", letter.copies());
		this.simulation.rules.discards(letter);
		this.simulation.anyReplica().operate("discard", (letters) -> letters.discard(letter.key()));
	}

}
