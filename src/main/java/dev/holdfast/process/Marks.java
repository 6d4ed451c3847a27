package dev.holdfast.process;

import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Queue;
import java.util.concurrent.CompletableFuture;

import dev.holdfast.ledger.Ledger;
import dev.holdfast.ledger.Ledger.Mark;
import dev.holdfast.ledger.Ledger.MarkAnswer;
import dev.holdfast.ledger.Ledger.Settlement;
import dev.holdfast.ledger.LedgerException;
import dev.holdfast.schedule.Scheduler;
import dev.holdfast.telemetry.Meters;
import io.micrometer.core.instrument.MeterRegistry;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Commits marks in groups: what is finished while the last group is in flight goes into
/// the next. A group that was not confirmed is kept and repeated until it is, with or
/// without its lease, so that a Redis failover shorter than a lease repeats almost nothing.
///
/// A crash forgets the group in flight and the one that waits: what they would have marked
/// is handled again (window W3).
final class Marks {

	private static final Logger logger = LoggerFactory.getLogger(Marks.class);

	private static final int LARGEST = 500;

	private static final Duration FIRST_BACK_OFF = Duration.ofMillis(100);

	private static final Duration LONGEST_BACK_OFF = Duration.ofSeconds(1);

	private static final Duration LOOKING_AGAIN = Duration.ofMillis(10);

	private final Ledger ledger;

	private final Scheduler scheduler;

	private final MeterRegistry meters;

	private final Queue<Request> waiting = new ArrayDeque<>();

	private boolean busy;

	private volatile boolean abandoned;

	Marks(Ledger ledger, Scheduler scheduler, MeterRegistry meters) {
		this.ledger = ledger;
		this.scheduler = scheduler;
		this.meters = meters;
	}

	/// Commits marks, and behind them settlements.
	/// @return an answer for each mark, once all is confirmed; a failure only if this
	/// replica stops before that
	CompletableFuture<List<MarkAnswer>> add(List<Mark> marks, List<Settlement> settlements) {
		Request request = new Request(marks, settlements, new CompletableFuture<>());
		synchronized (this) {
			this.waiting.add(request);
			if (this.busy) {
				return request.answers;
			}
			this.busy = true;
		}
		this.scheduler.start("marks", this::commit);
		return request.answers;
	}

	/// Gives up what cannot be confirmed: this replica stops.
	void abandon() {
		this.abandoned = true;
	}

	/// Waits until nothing is in flight and nothing waits.
	/// @return whether that is so
	boolean awaitQuiet(Duration atMost) throws InterruptedException {
		long deadline = this.scheduler.nanoTime() + atMost.toNanos();
		while (isBusy()) {
			if (this.scheduler.nanoTime() - deadline >= 0) {
				return false;
			}
			this.scheduler.pause(LOOKING_AGAIN);
		}
		return true;
	}

	private synchronized boolean isBusy() {
		return this.busy;
	}

	private void commit() {
		List<Request> group = next();
		while (!group.isEmpty()) {
			commit(group);
			group = next();
		}
	}

	private synchronized List<Request> next() {
		List<Request> group = new ArrayList<>();
		int size = 0;
		while (!this.waiting.isEmpty() && (group.isEmpty() || size < LARGEST)) {
			Request request = this.waiting.remove();
			group.add(request);
			size += request.marks.size() + request.settlements.size();
		}
		this.busy = !group.isEmpty();
		return group;
	}

	private void commit(List<Request> group) {
		List<Mark> marks = group.stream().flatMap((request) -> request.marks.stream()).toList();
		List<Settlement> settlements = group.stream().flatMap((request) -> request.settlements.stream()).toList();
		Duration backOff = FIRST_BACK_OFF;
		while (true) {
			try {
				List<MarkAnswer> answers = this.ledger.mark(marks, settlements);
				int from = 0;
				for (Request request : group) {
					int to = from + request.marks.size();
					request.answers.complete(count(answers.subList(from, to)));
					from = to;
				}
				return;
			}
			catch (LedgerException ex) {
				if (this.abandoned) {
					group.forEach((request) -> request.answers.completeExceptionally(ex));
					return;
				}
				logger.debug("marks are not confirmed yet: {}", ex.getMessage());
			}
			try {
				this.scheduler.pause(backOff);
			}
			catch (InterruptedException _) {
				Thread.currentThread().interrupt();
				this.abandoned = true;
			}
			backOff = RetryPolicy.shorter(backOff.multipliedBy(2), LONGEST_BACK_OFF);
		}
	}

	private List<MarkAnswer> count(List<MarkAnswer> answers) {
		answers.forEach(
				(answer) -> this.meters.counter(Meters.MARKS.id(), "answer", answer.name().toLowerCase(Locale.ROOT))
					.increment());
		return List.copyOf(answers);
	}

	private record Request(List<Mark> marks, List<Settlement> settlements,
			CompletableFuture<List<MarkAnswer>> answers) {
	}

}
