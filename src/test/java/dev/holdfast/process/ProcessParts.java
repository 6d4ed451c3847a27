package dev.holdfast.process;

import java.time.Duration;
import java.util.List;
import java.util.Set;
import java.util.random.RandomGenerator;

import dev.holdfast.buffer.BufferParts;
import dev.holdfast.buffer.DeliveryBuffer;
import dev.holdfast.buffer.ForeignObjects;
import dev.holdfast.buffer.ObjectStore;
import dev.holdfast.buffer.SegmentKey;
import dev.holdfast.buffer.SegmentListener;
import dev.holdfast.delivery.Copy;
import dev.holdfast.ledger.Ledger;
import dev.holdfast.schedule.Scheduler;
import dev.holdfast.telemetry.Conditions;
import io.micrometer.core.instrument.MeterRegistry;

/// Puts a replica's buffer and processing together without a container, over any store,
/// ledger and scheduler.
public final class ProcessParts {

	public static final Duration POLL = Duration.ofSeconds(5);

	private final BufferParts buffer;

	private final Poller poller;

	private final HandOff handOff;

	private final Leases leases;

	private final ProcessLifecycle lifecycle;

	private final Scheduler scheduler;

	public ProcessParts(ObjectStore store, Ledger ledger, List<DeliveryHandler> handlers, Scheduler scheduler,
			RandomGenerator random, MeterRegistry meters, Settings settings) {
		this.scheduler = scheduler;
		Conditions conditions = new Conditions(meters);
		Late listener = new Late();
		this.buffer = BufferParts.of(store, listener, scheduler, random, conditions, meters, settings.maxDeliveries());
		ProcessMeters counts = new ProcessMeters(meters);
		HandlerRunner runner = new HandlerRunner((work) -> scheduler.start("handler", work), scheduler,
				settings.timeout(), settings.concurrency(), conditions);
		Handlers registry = new Handlers(handlers, Set.of(), scheduler, conditions);
		this.leases = new Leases(ledger, scheduler, random);
		Marks marks = new Marks(ledger, scheduler, meters);
		RetryPolicy policy = new RetryPolicy(settings.maxAttempts(), Duration.ofHours(72));
		NextCopies nextCopies = new NextCopies(this.buffer.writer(),
				new Parking(this.buffer.writer(), this.buffer.clock(), scheduler), policy, this.buffer.clock(),
				scheduler, random);
		DeliveryFinisher finisher = new DeliveryFinisher(
				new DeliveryCaller(registry, runner, counts, scheduler, random), registry, nextCopies, marks, policy,
				this.buffer.clock(), scheduler, counts);
		SegmentWorker worker = new SegmentWorker(ledger, this.leases, new SegmentReader(store, scheduler),
				this.buffer.writer(), finisher, this.buffer.deletes(), this.buffer.clock(), scheduler, conditions,
				counts, runner::isStopping);
		Workers workers = new Workers(worker, scheduler, 64L << 20);
		Readiness readiness = new Readiness(registry, runner, ledger,
				new NameMarker(store, "simulation", scheduler, conditions), this.buffer.pressure(), this.buffer.clock(),
				conditions);
		this.handOff = new HandOff(workers, this.leases, readiness::isReady, scheduler, counts, 64L << 20);
		listener.target = this.handOff;
		Candidates candidates = new Candidates(store, this.buffer.clock(), new Backlog(scheduler, meters),
				new ForeignObjects(conditions), POLL);
		this.poller = new Poller(readiness, candidates, ledger, this.leases, workers, this.buffer.deletes(), counts,
				POLL, random);
		this.lifecycle = new ProcessLifecycle(this.leases, workers, runner, marks, this.buffer.deletes(), scheduler);
	}

	/// Starts what the container would: the renewals and the poller.
	public void start() {
		this.lifecycle.start();
		this.scheduler.start("poller", this::poll);
	}

	/// Stops in the container's order.
	public void stop() {
		this.poller.stop();
		this.handOff.stop();
		this.leases.stop();
		this.lifecycle.stop();
	}

	public DeliveryBuffer buffer() {
		return this.buffer.buffer();
	}

	public BufferParts bufferParts() {
		return this.buffer;
	}

	private void poll() {
		try {
			while (this.lifecycle.isRunning()) {
				this.poller.poll();
				this.scheduler.pause(POLL);
			}
		}
		catch (InterruptedException _) {
			Thread.currentThread().interrupt();
		}
	}

	/// What a test sets.
	public record Settings(int maxDeliveries, int concurrency, Duration timeout, int maxAttempts) {
	}

	/// Stands in for the hand-off until it is there.
	private static final class Late implements SegmentListener {

		private SegmentListener target = SegmentListener.NONE;

		@Override
		public void stored(SegmentKey key, List<Copy> copies) {
			this.target.stored(key, copies);
		}

		@Override
		public boolean processes() {
			return this.target.processes();
		}

	}

}
