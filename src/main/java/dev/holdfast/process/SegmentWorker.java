package dev.holdfast.process;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.function.BooleanSupplier;

import dev.holdfast.buffer.Decoded;
import dev.holdfast.buffer.Deletes;
import dev.holdfast.buffer.SegmentWriter;
import dev.holdfast.buffer.StoreClock;
import dev.holdfast.buffer.StoreException;
import dev.holdfast.buffer.StoreException.Kind;
import dev.holdfast.delivery.Copy;
import dev.holdfast.ledger.Ledger;
import dev.holdfast.ledger.Ledger.Begun;
import dev.holdfast.ledger.Ledger.Settlement;
import dev.holdfast.ledger.LedgerException;
import dev.holdfast.schedule.Scheduler;
import dev.holdfast.telemetry.Condition;
import dev.holdfast.telemetry.Conditions;

/// Works on one segment: begin, handle, store next copies, mark, settle, delete, in this
/// order. A segment is deleted only when this worker saw each of its deliveries handled, or
/// a duplicate, or its next copy stored.
final class SegmentWorker {

	static final int SETTLED_HOURS = 1;

	private static final int MOST_CLAIMS = 5;

	private static final int MOST_RESUMES = 5;

	private static final Duration UNKNOWN_VERSION = Duration.ofMinutes(10);

	private static final Duration AFTER_FAILURE = Duration.ofSeconds(5);

	private static final List<Duration> BUSY_WAITS = List.of(Duration.ofMillis(50), Duration.ofMillis(250),
			Duration.ofSeconds(1));

	private static final Duration LONGEST_LATER = Duration.ofSeconds(5);

	private final Ledger ledger;

	private final Leases leases;

	private final SegmentReader reader;

	private final SegmentWriter writer;

	private final DeliveryFinisher finisher;

	private final Deletes deletes;

	private final StoreClock clock;

	private final Scheduler scheduler;

	private final Conditions conditions;

	private final ProcessMeters meters;

	private final BooleanSupplier stopping;

	SegmentWorker(Ledger ledger, Leases leases, SegmentReader reader, SegmentWriter writer, DeliveryFinisher finisher,
			Deletes deletes, StoreClock clock, Scheduler scheduler, Conditions conditions, ProcessMeters meters,
			BooleanSupplier stopping) {
		this.ledger = ledger;
		this.leases = leases;
		this.reader = reader;
		this.writer = writer;
		this.finisher = finisher;
		this.deletes = deletes;
		this.clock = clock;
		this.scheduler = scheduler;
		this.conditions = conditions;
		this.meters = meters;
		this.stopping = stopping;
	}

	/// Works on a segment as far as it goes now. What is left is found again by the
	/// poller of some replica.
	void work(Visit visit) throws InterruptedException {
		try {
			if (visit.inMemory() != null) {
				process(visit, new Decoded.Intact(visit.inMemory()));
			}
			else if (visit.claims() >= MOST_CLAIMS) {
				bury(visit);
			}
			else {
				read(visit);
			}
		}
		catch (StoreException ex) {
			release(visit, (ex.kind() == Kind.NOT_FOUND) ? Duration.ZERO : AFTER_FAILURE);
		}
		catch (LedgerException _) {
			// What was begun has a dead owner once the lease ends; nothing is lost by
			// waiting.
		}
		finally {
			this.leases.close(visit.lease());
		}
	}

	private void read(Visit visit) throws StoreException, LedgerException, InterruptedException {
		Decoded read = this.reader.read(visit.segment());
		if (read instanceof Decoded.UnknownVersion) {
			this.meters.corrupt("unknown-version", 0, List.of(visit.segment().objectKey(), "left alone"));
			this.conditions.raise(Condition.UNKNOWN_VERSION, "The object " + visit.segment()
					+ " has a format version that this release does not know: finish the upgrade of all replicas");
			release(visit, UNKNOWN_VERSION);
			return;
		}
		process(visit, read);
	}

	private void process(Visit visit, Decoded read) throws LedgerException, StoreException, InterruptedException {
		List<Item> items = Item.of(read.copies());
		List<Begun> begun = items.isEmpty() ? List.of() : begin(items, visit, visit.inMemory() != null);
		if (begun.size() != items.size()) {
			this.meters.claims("lost", 1);
			return;
		}
		this.leases.keep(visit.lease());
		Sorted sorted = sort(items, begun);
		boolean simple = sorted.alone.isEmpty() && sorted.busy.isEmpty() && read instanceof Decoded.Intact;
		boolean done = this.finisher.finish(sorted.fresh, visit, simple);
		for (Item item : sorted.alone) {
			done &= one(item, visit, sorted.duplicates);
		}
		List<Item> busy = wait(sorted.busy, visit, sorted.duplicates);
		if (!busy.isEmpty()) {
			done &= visit.revisited() && this.finisher.postpone(busy, visit, LONGEST_LATER);
		}
		if (done && read instanceof Decoded.Damaged damaged) {
			done = keep(damaged, visit);
		}
		if (done) {
			this.meters.duplicates(sorted.duplicates.stream().mapToInt(Item::times).sum());
			this.deletes.add(visit.segment());
			if (!simple || sorted.fresh.isEmpty()) {
				settle(visit, Settlement.Kind.SETTLED, Duration.ofHours(SETTLED_HOURS));
			}
		}
		else {
			release(visit, busy.isEmpty() ? AFTER_FAILURE : LONGEST_LATER);
		}
	}

	private List<Begun> begin(List<Item> items, Visit visit, boolean claim)
			throws LedgerException, InterruptedException {
		return visit.lease().insist(() -> this.ledger.begin(visit.lease().lease(), Item.keys(items), claim));
	}

	/// Keeps what could not be read: the object itself, copied by the store, in case the
	/// damage is not in it but on the way.
	private boolean keep(Decoded.Damaged damaged, Visit visit) throws StoreException {
		if (!visit.lease().isHeld()) {
			return false;
		}
		this.writer.copyRaw(this.clock.now(), visit.segment());
		this.meters.corrupt("corrupt", Math.max(1, visit.segment().deliveries() - damaged.copies().size()),
				List.of(visit.segment().objectKey(), damaged.problem()));
		return true;
	}

	private Sorted sort(List<Item> items, List<Begun> begun) {
		Sorted sorted = Sorted.empty();
		for (int i = 0; i < items.size(); i++) {
			sort(items.get(i), begun.get(i), sorted);
		}
		return sorted;
	}

	private void sort(Item item, Begun begun, Sorted sorted) {
		switch (begun) {
			case Begun.Fresh _ -> sorted.fresh.add(item);
			case Begun.Resumed(int resumes) -> {
				if (resumes >= MOST_RESUMES) {
					item.decide(Verdict.dead(item.copy(), "crashed",
							"the replica died " + resumes + " times while it was handled", this.clock.now()));
				}
				sorted.fresh.add(item);
			}
			case Begun.Alone _ -> sorted.alone.add(item);
			case Begun.Busy _ -> sorted.busy.add(item);
			case Begun.Duplicate(boolean sameSegment) -> {
				if (item.isOriginal() && !sameSegment) {
					sorted.duplicates.add(item);
				}
			}
		}
	}

	/// Begins and finishes one delivery by itself.
	/// @return whether it is accounted for
	private boolean one(Item item, Visit visit, List<Item> duplicates) throws LedgerException, InterruptedException {
		List<Begun> begun = begin(List.of(item), visit, false);
		if (begun.isEmpty()) {
			return false;
		}
		Sorted sorted = Sorted.empty();
		sort(item, begun.getFirst(), sorted);
		duplicates.addAll(sorted.duplicates);
		return sorted.busy.isEmpty() && this.finisher.finish(sorted.fresh, visit, false);
	}

	/// Most deliveries that are busy elsewhere are not for long.
	/// @return those that still are, or that could not be finished
	private List<Item> wait(List<Item> busy, Visit visit, List<Item> duplicates)
			throws LedgerException, InterruptedException {
		List<Item> left = busy;
		for (Duration moment : BUSY_WAITS) {
			if (left.isEmpty() || !visit.lease().isHeld()) {
				return left;
			}
			this.scheduler.pause(moment);
			List<Item> still = new ArrayList<>();
			for (Item item : left) {
				if (!one(item, visit, duplicates)) {
					still.add(item);
				}
			}
			left = still;
		}
		return left;
	}

	/// The segment was claimed again and again and never begun: reading it kills its
	/// reader.
	private void bury(Visit visit) throws StoreException {
		this.writer.copyRaw(this.clock.now(), visit.segment());
		this.meters.corrupt("unreadable", Math.max(1, visit.segment().deliveries()),
				List.of(visit.segment().objectKey(), "claimed " + visit.claims() + " times and never begun"));
		this.deletes.add(visit.segment());
		settle(visit, Settlement.Kind.SETTLED, Duration.ofHours(SETTLED_HOURS));
	}

	private void release(Visit visit, Duration pause) {
		if (pause.isZero() || this.stopping.getAsBoolean()) {
			settle(visit, Settlement.Kind.RELEASED, pause);
		}
		else {
			settle(visit, Settlement.Kind.LATER, pause);
		}
	}

	private void settle(Visit visit, Settlement.Kind kind, Duration time) {
		this.finisher.settle(new Settlement(kind, visit.lease().lease(), time));
	}

	/// What the ledger said of the deliveries of a segment.
	private record Sorted(List<Item> fresh, List<Item> alone, List<Item> busy, List<Item> duplicates) {

		static Sorted empty() {
			return new Sorted(new ArrayList<>(), new ArrayList<>(), new ArrayList<>(), new ArrayList<>());
		}

	}

}
