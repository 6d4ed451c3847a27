package dev.holdfast.process;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

import dev.holdfast.buffer.SegmentKey;
import dev.holdfast.delivery.Copy;
import dev.holdfast.process.Bench.Host;
import dev.holdfast.process.Bench.Scripted;
import dev.holdfast.simulation.World;
import dev.holdfast.telemetry.Meters;
import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;

/// What a hand-off takes it gives back: its room, and its worker.
class HandOffTests {

	private final Bench bench = new Bench();

	private final World.Process outside = this.bench.world.new Process(Duration.ZERO);

	private final Scripted slow = this.bench.new Scripted("books", (_) -> {
		this.outside.pause(Duration.ofSeconds(10));
		return Outcome.handled();
	});

	private final Host host = this.bench.host(this.slow);

	private boolean ready = true;

	@Test
	void refusesWhatThereIsNoRoomForUntilThereIs() {
		HandOff handOff = handOff(1024);
		offer(handOff, "1");
		offer(handOff, "2");
		assertThat(this.slow.ids()).containsExactly("1");
		assertThat(results("no-room")).isEqualTo(1);
		this.bench.pass(Duration.ofSeconds(11));
		offer(handOff, "3");
		assertThat(this.slow.ids()).containsExactly("1", "3");
		assertThat(results("taken")).isEqualTo(2);
	}

	@Test
	void asksOnceMoreWhetherItMayWhenAWorkerHasBecomeFree() {
		HandOff handOff = handOff(64 * 1024);
		List<SegmentKey> busy = new ArrayList<>();
		SegmentKey segment = this.bench.stored(Bench.copy("busy"));
		while (this.host.workers.tryTake(segment)) {
			busy.add(segment);
		}
		offer(handOff, "1");
		this.ready = false;
		busy.forEach(this.host.workers::give);
		this.bench.pass(Duration.ofSeconds(1));
		assertThat(this.slow.attempts).isEmpty();
		assertThat(results("refused")).isEqualTo(1);
		assertThat(this.host.workers.free()).isEqualTo(Workers.SEGMENTS);
	}

	/// Else what is older, such as a due retry, would wait while more arrives than is
	/// handled.
	@Test
	void leavesAnEighthOfTheWorkersToThePoller() {
		HandOff handOff = handOff(1 << 20);
		for (int i = 0; i < 2 * Workers.SEGMENTS; i++) {
			offer(handOff, "" + i);
		}
		SegmentKey segment = this.bench.stored(Bench.copy("older"));
		for (int i = 0; i < Workers.SEGMENTS / 8; i++) {
			assertThat(this.host.workers.tryTake(segment)).isTrue();
		}
		assertThat(this.host.workers.tryTake(segment)).isFalse();
	}

	@Test
	void leavesAnEighthOfTheMemoryToThePoller() {
		HandOff handOff = handOff(8 * 1024);
		for (int i = 0; i < 8; i++) {
			offer(handOff, "" + i);
		}
		assertThat(results("taken")).isEqualTo(7);
		assertThat(results("no-room")).isEqualTo(1);
	}

	private HandOff handOff(long room) {
		return new HandOff(this.host.workers, this.host.leases, () -> this.ready, this.host.process, this.host.counts,
				room);
	}

	private void offer(HandOff handOff, String id) {
		Copy copy = Bench.copy(id);
		handOff.stored(this.bench.stored(copy), List.of(copy));
		this.bench.world.settle();
	}

	private double results(String result) {
		return this.bench.count(Meters.HANDOFF, "result", result);
	}

}
