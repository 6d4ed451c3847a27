package dev.holdfast.process;

import java.util.List;
import java.util.function.BooleanSupplier;

import dev.holdfast.buffer.SegmentKey;
import dev.holdfast.buffer.SegmentListener;
import dev.holdfast.delivery.Copy;
import dev.holdfast.schedule.Permits;
import dev.holdfast.schedule.Scheduler;

/// Hands a freshly stored segment to the workers of the same replica with its bytes still
/// in memory, so that the usual path needs no LIST and no GET.
///
/// It only offers: when it may not, or has no room, the bytes are forgotten, and the poller
/// has the object.
final class HandOff implements SegmentListener {

	private static final int KIB = 1024;

	private final Workers workers;

	private final Leases leases;

	private final BooleanSupplier ready;

	private final Scheduler scheduler;

	private final ProcessMeters meters;

	private final Permits turns = new Permits(withoutPollers(Workers.SEGMENTS));

	private final Permits room;

	private volatile boolean stopped;

	/// @param ready whether this replica may claim
	/// @param memory how many bytes the workers may have, hand-off's and poller's
	HandOff(Workers workers, Leases leases, BooleanSupplier ready, Scheduler scheduler, ProcessMeters meters,
			long memory) {
		this.workers = workers;
		this.leases = leases;
		this.ready = ready;
		this.scheduler = scheduler;
		this.meters = meters;
		this.room = new Permits(withoutPollers((int) Math.min(Integer.MAX_VALUE, memory / KIB)));
	}

	/// An eighth of workers and memory is the poller's: where more arrives than is
	/// handled, hand-off would take all, and what is older would wait.
	private static int withoutPollers(int all) {
		return all - all / Workers.POLLERS_SHARE;
	}

	@Override
	public void stored(SegmentKey segment, List<Copy> copies) {
		if (this.stopped || !this.ready.getAsBoolean()) {
			this.meters.handOff("refused");
			return;
		}
		int size = (int) Math.min(Integer.MAX_VALUE, segment.bytes() / KIB + 1);
		if (!this.room.tryAcquire(size)) {
			this.meters.handOff("no-room");
			return;
		}
		this.scheduler.start("hand-off", () -> {
			try {
				inTurn(segment, copies);
			}
			finally {
				this.room.release(size);
			}
		});
	}

	@Override
	public boolean processes() {
		return !this.stopped && this.ready.getAsBoolean();
	}

	/// Offers nothing more.
	void stop() {
		this.stopped = true;
	}

	private void inTurn(SegmentKey segment, List<Copy> copies) {
		try {
			this.turns.take(1, this.scheduler);
			try {
				work(segment, copies);
			}
			finally {
				this.turns.release(1);
			}
		}
		catch (InterruptedException _) {
			Thread.currentThread().interrupt();
		}
	}

	private void work(SegmentKey segment, List<Copy> copies) throws InterruptedException {
		this.workers.take(segment);
		if (this.stopped || !this.ready.getAsBoolean()) {
			this.meters.handOff("refused");
			this.workers.give(segment);
			return;
		}
		this.meters.handOff("taken");
		Leases.Held lease = this.leases.open(segment.id(), this.leases.token(), this.scheduler.nanoTime());
		this.workers.run(Visit.handedOff(segment, lease, copies));
	}

}
