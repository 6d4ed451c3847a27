package dev.holdfast.buffer;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;

import dev.holdfast.buffer.DeliveryBuffer.NotHeldException;
import dev.holdfast.buffer.StoreException.Kind;
import dev.holdfast.delivery.Copy;
import dev.holdfast.schedule.Scheduler;
import dev.holdfast.simulation.World;
import dev.holdfast.telemetry.Conditions;
import io.micrometer.core.instrument.DistributionSummary;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;

/// A group commit over a store and a time that tests step.
abstract class GroupCommitBench {

	static final Duration PATIENCE = Duration.ofMillis(3900);

	static final Duration INTERVAL = Duration.ofMillis(5);

	final World world = new World(1);

	final World.Process replica = this.world.new Process(Duration.ZERO);

	final SteppedStore store = new SteppedStore(this.replica);

	final Told told = new Told();

	final SimpleMeterRegistry meters = new SimpleMeterRegistry();

	final DistributionSummary batches = DistributionSummary.builder("batch").register(this.meters);

	final StoreBreaker breaker = new StoreBreaker(this.replica, new Conditions(this.meters), () -> {
		throw new StoreException(Kind.UNAVAILABLE, "down", null);
	});

	GroupCommit buffer = buffer(256);

	GroupCommit buffer(int maxDeliveries) {
		return new GroupCommit(new BufferProperties(maxDeliveries, INTERVAL), this.store, this.breaker, this.told,
				this.replica, new Random(1), this.batches);
	}

	Waiter hold(String id) {
		return hold(id, id.getBytes(java.nio.charset.StandardCharsets.US_ASCII), PATIENCE);
	}

	Waiter hold(String id, byte[] body, Duration patience) {
		Waiter waiter = new Waiter(this.world.nanoTime());
		waiter.task = this.replica.start("hold", () -> {
			try {
				this.buffer.hold(Copies.of(id, body), waiter.began + patience.toNanos(), () -> waiter.slow = true);
				waiter.fate = "held";
			}
			catch (NotHeldException ex) {
				waiter.fate = ex.reason().name();
			}
			catch (InterruptedException _) {
				waiter.fate = "interrupted";
			}
			waiter.after = Duration.ofNanos(this.world.nanoTime() - waiter.began);
		});
		return waiter;
	}

	static final class Waiter {

		final long began;

		Scheduler.Task task;

		String fate;

		Duration after;

		boolean slow;

		Waiter(long began) {
			this.began = began;
		}

	}

	static final class Told implements SegmentListener {

		final List<SegmentKey> keys = new ArrayList<>();

		final List<Copy> copies = new ArrayList<>();

		@Override
		public void stored(SegmentKey key, List<Copy> copies) {
			this.keys.add(key);
			this.copies.addAll(copies);
		}

		@Override
		public boolean processes() {
			return true;
		}

	}

}
