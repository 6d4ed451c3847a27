package dev.holdfast.process;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.atomic.AtomicInteger;

import dev.holdfast.buffer.StoreClock;
import dev.holdfast.buffer.StoreException;
import dev.holdfast.ledger.Ledger.Mark;
import dev.holdfast.ledger.Ledger.MarkAnswer;
import dev.holdfast.ledger.Ledger.Settlement;
import dev.holdfast.process.Verdict.End;
import dev.holdfast.schedule.Scheduler;
import dev.holdfast.telemetry.LogKeys;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Takes begun deliveries to their end: calls handlers, stores next copies, then marks. A
/// mark says what has already happened: the effect was had, or the copy is stored.
final class DeliveryFinisher {

	private static final Logger logger = LoggerFactory.getLogger(DeliveryFinisher.class);

	private static final Duration FIRST_BACK_OFF = Duration.ofMillis(500);

	private static final Duration LONGEST_BACK_OFF = Duration.ofSeconds(5);

	private final DeliveryCaller caller;

	private final Handlers handlers;

	private final NextCopies nextCopies;

	private final Marks marks;

	private final RetryPolicy policy;

	private final StoreClock clock;

	private final Scheduler scheduler;

	private final ProcessMeters meters;

	DeliveryFinisher(DeliveryCaller caller, Handlers handlers, NextCopies nextCopies, Marks marks, RetryPolicy policy,
			StoreClock clock, Scheduler scheduler, ProcessMeters meters) {
		this.caller = caller;
		this.handlers = handlers;
		this.nextCopies = nextCopies;
		this.marks = marks;
		this.policy = policy;
		this.clock = clock;
		this.scheduler = scheduler;
		this.meters = meters;
	}

	/// Finishes deliveries.
	/// @param settles whether they are all that is left of the segment, so that it is
	/// settled together with the last mark
	/// @return whether each is accounted for, confirmed
	boolean finish(List<Item> items, Visit visit, boolean settles) throws InterruptedException {
		if (items.isEmpty()) {
			return true;
		}
		handle(items, visit);
		boolean done = storeNext(items, visit);
		List<Mark> left = new ArrayList<>();
		List<Item> marked = new ArrayList<>();
		for (Item item : items) {
			Verdict verdict = item.verdict();
			done &= verdict != null && !(verdict instanceof Verdict.Released);
			if (item.marked() == null) {
				left.add(new Mark(kind(verdict), item.key(), visit.lease().lease()));
				marked.add(item);
			}
		}
		List<Settlement> settlement = (done && settles) ? List.of(new Settlement(Settlement.Kind.SETTLED,
				visit.lease().lease(), Duration.ofHours(SegmentWorker.SETTLED_HOURS))) : List.of();
		CompletableFuture<List<MarkAnswer>> answers = this.marks.add(left, settlement);
		for (int i = 0; i < marked.size(); i++) {
			int index = i;
			marked.get(i).mark(answers.thenApply((all) -> List.of(all.get(index))));
		}
		return confirm(items) && done;
	}

	/// Stores deliveries that are busy elsewhere once more, for later. Their owners'
	/// marks stand.
	boolean postpone(List<Item> items, Visit visit, Duration delay) {
		if (!visit.lease().isHeld()) {
			return false;
		}
		try {
			this.nextCopies.postpone(items.stream().map(Item::copy).toList(), delay);
			return true;
		}
		catch (StoreException ex) {
			return false;
		}
	}

	void settle(Settlement settlement) {
		this.marks.add(List.of(), List.of(settlement));
	}

	private void handle(List<Item> items, Visit visit) throws InterruptedException {
		AtomicInteger left = new AtomicInteger(items.size());
		List<CompletableFuture<Void>> ends = new ArrayList<>();
		for (Item item : items) {
			if (item.verdict() != null || !visit.lease().isHeld()) {
				left.decrementAndGet();
				continue;
			}
			ends.add(this.caller.call(item, visit.lease()).thenAccept((end) -> decide(item, end, left, visit)));
		}
		for (CompletableFuture<Void> end : ends) {
			await(end);
		}
	}

	/// A handled delivery is marked at once, but for the last, whose mark travels with
	/// the settlement.
	private void decide(Item item, List<End> ends, AtomicInteger left, Visit visit) {
		Verdict verdict = ends.isEmpty() ? untaken(item) : Verdict.of(item.copy(), ends, this.policy, this.clock.now());
		item.decide(verdict);
		if (left.decrementAndGet() > 0 && verdict instanceof Verdict.Handled) {
			markHandled(item, visit);
		}
	}

	private void markHandled(Item item, Visit visit) {
		Mark mark = new Mark(Mark.Kind.HANDLED, item.key(), visit.lease().lease());
		item.mark(this.marks.add(List.of(mark), List.of()));
	}

	private Verdict untaken(Item item) {
		if (this.handlers.ignores(item.copy())) {
			return new Verdict.Handled();
		}
		String handler = item.copy().envelope().handler();
		return Verdict.dead(item.copy(), "unhandled",
				(handler != null) ? "no handler is called " + handler
						: "no handler takes its topic: configure one, or add the topic to holdfast.ignore",
				this.clock.now());
	}

	private boolean storeNext(List<Item> items, Visit visit) throws InterruptedException {
		List<NextCopy> copies = new ArrayList<>();
		for (Item item : items) {
			if (item.verdict() instanceof Verdict.GoesOn goesOn) {
				copies.addAll(goesOn.copies());
			}
		}
		if (copies.isEmpty()) {
			return true;
		}
		// What was handled does not wait for a store that may be down.
		items.stream()
			.filter((item) -> item.verdict() instanceof Verdict.Handled && item.marked() == null)
			.forEach((item) -> markHandled(item, visit));
		if (store(copies, visit)) {
			return true;
		}
		items.stream()
			.filter((item) -> item.verdict() instanceof Verdict.GoesOn)
			.forEach((item) -> item.decide(new Verdict.Released()));
		return false;
	}

	/// Tries for as long as the lease lasts: letting the deliveries go as they are
	/// would have effects again that some of their handlers had.
	private boolean store(List<NextCopy> copies, Visit visit) throws InterruptedException {
		Duration backOff = FIRST_BACK_OFF;
		while (visit.lease().isHeld()) {
			try {
				this.nextCopies.store(copies);
				return true;
			}
			catch (StoreException ex) {
				logger.atWarn()
					.addKeyValue(LogKeys.SEGMENT, visit.segment().id())
					.addKeyValue(LogKeys.COUNT, copies.size())
					.addKeyValue(LogKeys.DETAIL, ex.getMessage())
					.log("next copies could not be stored yet");
			}
			if (this.caller.isStopping()) {
				return false;
			}
			this.scheduler.pause(backOff);
			backOff = RetryPolicy.shorter(backOff.multipliedBy(2), LONGEST_BACK_OFF);
		}
		return false;
	}

	private static Mark.Kind kind(@Nullable Verdict verdict) {
		return switch (verdict) {
			case Verdict.Handled _ -> Mark.Kind.HANDLED;
			case Verdict.GoesOn(List<NextCopy> _, Mark.Kind mark) -> mark;
			case Verdict.Released _ -> Mark.Kind.RELEASED;
			case null -> Mark.Kind.RELEASED;
		};
	}

	private boolean confirm(List<Item> items) throws InterruptedException {
		boolean confirmed = true;
		for (Item item : items) {
			CompletableFuture<List<MarkAnswer>> mark = item.marked();
			List<MarkAnswer> answer = (mark != null) ? await(mark) : null;
			confirmed &= answer != null;
			if (answer != null && item.verdict() != null) {
				this.meters.marked(item, answer.getFirst(), this.scheduler.now());
			}
		}
		return confirmed;
	}

	private <T extends @Nullable Object> @Nullable T await(CompletableFuture<T> future) throws InterruptedException {
		try {
			return this.scheduler.await(future);
		}
		catch (ExecutionException ex) {
			logger.debug("not confirmed: {}", ex.getMessage());
			return null;
		}
	}

}
