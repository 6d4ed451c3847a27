package dev.holdfast.process;

import java.time.Duration;
import java.util.Collections;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.BooleanSupplier;
import java.util.function.Function;

import dev.holdfast.schedule.Permits;
import dev.holdfast.schedule.Scheduler;
import dev.holdfast.telemetry.Condition;
import dev.holdfast.telemetry.Conditions;

/// Calls handlers, each on a thread of its own, so that one which throws, hangs, allocates
/// wildly, overflows its stack or ignores interrupts harms its own delivery alone.
///
/// A handler is interrupted at its deadline and its delivery tried again. One that ignores
/// that runs on beside the next attempt (window W12) and keeps its permit; when half of the
/// permits are gone like this, nothing more is claimed.
final class HandlerRunner {

	private final Function<Runnable, Scheduler.Task> threads;

	private final Scheduler scheduler;

	private final Duration timeout;

	private final Permits permits;

	private final Conditions conditions;

	/// In the order in which they began.
	private final Set<Call> calls = Collections.synchronizedSet(new LinkedHashSet<>());

	private volatile boolean stopping;

	HandlerRunner(Function<Runnable, Scheduler.Task> threads, Scheduler scheduler, Duration timeout, int concurrency,
			Conditions conditions) {
		this.threads = threads;
		this.scheduler = scheduler;
		this.timeout = timeout;
		this.permits = new Permits(concurrency);
		this.conditions = conditions;
	}

	/// Calls a handler as soon as there is a permit, if it may still be called then. That
	/// is looked at once more on its own thread, last of all: a replica may be frozen
	/// while the thread starts, and another have taken over meanwhile.
	/// @param may whether it may
	/// @return its outcome, at its deadline at the latest
	CompletableFuture<Result> call(DeliveryHandler handler, Attempt attempt, BooleanSupplier may)
			throws InterruptedException {
		CompletableFuture<Void> permit = this.permits.acquire(1);
		try {
			while (!this.stopping && may.getAsBoolean()) {
				if (await(permit)) {
					return new Call(handler, attempt, may).start();
				}
			}
		}
		catch (InterruptedException ex) {
			this.permits.abandon(permit, 1);
			throw ex;
		}
		this.permits.abandon(permit, 1);
		return CompletableFuture.completedFuture(new Result.Released());
	}

	/// Waits a moment: whether a call may still be made is looked at again and again.
	private boolean await(CompletableFuture<Void> permit) throws InterruptedException {
		try {
			this.scheduler.await(permit, Duration.ofSeconds(1));
			return true;
		}
		catch (TimeoutException _) {
			return false;
		}
		catch (ExecutionException ex) {
			throw new IllegalStateException(ex);
		}
	}

	Duration timeout() {
		return this.timeout;
	}

	long hung() {
		return List.copyOf(this.calls).stream().filter((call) -> call.overdue).count();
	}

	/// Whether so many handlers hang that claiming more would only collect them.
	boolean isClogged() {
		boolean clogged = hung() * 2 >= this.permits.total();
		if (clogged) {
			this.conditions.raise(Condition.HANDLERS_HUNG,
					"Half of the handler permits are held by handlers that ignored their deadline of "
							+ this.timeout.toSeconds() + " s: give their calls time-outs, then restart this replica");
		}
		else {
			this.conditions.clear(Condition.HANDLERS_HUNG);
		}
		return clogged;
	}

	boolean isStopping() {
		return this.stopping;
	}

	/// Interrupts what runs; what does not end well by that uses up no attempt.
	void interrupt() {
		this.stopping = true;
		List.copyOf(this.calls).forEach(Call::interrupt);
	}

	private final class Call implements Runnable {

		private final DeliveryHandler handler;

		private final Attempt attempt;

		private final BooleanSupplier may;

		private final CompletableFuture<Result> result = new CompletableFuture<>();

		private final CompletableFuture<Scheduler.Task> task = new CompletableFuture<>();

		private final AtomicBoolean begun = new AtomicBoolean();

		private volatile boolean ended;

		private volatile boolean overdue;

		Call(DeliveryHandler handler, Attempt attempt, BooleanSupplier may) {
			this.handler = handler;
			this.attempt = attempt;
			this.may = may;
		}

		CompletableFuture<Result> start() {
			HandlerRunner.this.calls.add(this);
			Scheduler.Task deadline = HandlerRunner.this.scheduler.after(HandlerRunner.this.timeout, "handler-deadline",
					this::expire);
			this.result.whenComplete((_, _) -> deadline.cancel());
			this.task.complete(HandlerRunner.this.threads.apply(this));
			return this.result;
		}

		@Override
		public void run() {
			if (this.begun.compareAndSet(false, true)) {
				end(this.may.getAsBoolean() ? handle() : new Result.Released());
			}
		}

		private void end(Result end) {
			this.ended = true;
			HandlerRunner.this.calls.remove(this);
			HandlerRunner.this.permits.release(1);
			this.result.complete(end);
		}

		private Result handle() {
			try {
				Outcome outcome = this.handler.handle(this.attempt);
				return new Result.Ended((outcome != null) ? outcome : Outcome.retry("the handler returned null"));
			}
			catch (InterruptedException _) {
				return interrupted();
			}
			catch (Throwable ex) {
				return Thread.interrupted() ? interrupted()
						: new Result.Ended(Outcome.retry(ex.getClass().getSimpleName() + ": " + ex.getMessage()));
			}
		}

		private Result interrupted() {
			return HandlerRunner.this.stopping ? new Result.Released() : new Result.Ended(Outcome.retry("interrupted"));
		}

		private void expire() {
			if (!this.ended && interrupt()) {
				this.overdue = true;
				this.result.complete(new Result.Ended(
						Outcome.retry("no answer within " + HandlerRunner.this.timeout.toMillis() + " ms: time-out")));
			}
		}

		/// Only interrupts: a handler that goes on has its delivery to itself until its
		/// lease ends. One that has not begun, because its thread did not, never will.
		/// @return whether it had begun
		private boolean interrupt() {
			boolean early = this.begun.compareAndSet(false, true);
			this.task.thenAccept(Scheduler.Task::cancel);
			if (early) {
				end(new Result.Released());
			}
			return !early;
		}

	}

}
