package dev.holdfast.process;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeoutException;
import java.util.random.RandomGenerator;

import dev.holdfast.delivery.Copy;
import dev.holdfast.ledger.CopyKeys;
import dev.holdfast.process.Verdict.End;
import dev.holdfast.schedule.Scheduler;

/// Calls the handlers of a delivery. A first attempt that fails is repeated twice after a
/// moment, within the lease: most failures are over by then, and cost the store nothing.
final class DeliveryCaller {

	private static final int REPEATS = 2;

	private static final long FIRST_MOMENT_MILLIS = 200;

	private final Handlers handlers;

	private final HandlerRunner runner;

	private final ProcessMeters meters;

	private final Scheduler scheduler;

	private final RandomGenerator random;

	DeliveryCaller(Handlers handlers, HandlerRunner runner, ProcessMeters meters, Scheduler scheduler,
			RandomGenerator random) {
		this.handlers = handlers;
		this.runner = runner;
		this.meters = meters;
		this.scheduler = scheduler;
		this.random = random;
	}

	/// Calls the handlers that take a delivery, waiting for permits but not for outcomes.
	/// @return what became of it in each; empty if none takes it
	CompletableFuture<List<End>> call(Item item, Leases.Held lease) throws InterruptedException {
		List<CompletableFuture<End>> ends = new ArrayList<>();
		for (HandlerGate gate : this.handlers.taking(item.copy())) {
			String name = gate.handler().name();
			ends.add(enter(gate, item, lease).thenApply((result) -> new End(name, result)));
		}
		return CompletableFuture.allOf(ends.toArray(CompletableFuture[]::new))
			.thenApply((_) -> ends.stream().map(CompletableFuture::join).toList());
	}

	/// Whether handlers are interrupted because this replica stops.
	boolean isStopping() {
		return this.runner.isStopping();
	}

	private CompletableFuture<Result> enter(HandlerGate gate, Item item, Leases.Held lease)
			throws InterruptedException {
		while (lease.isHeld()) {
			switch (gate.enter()) {
				case HandlerGate.Entry.Open _ -> {
					return attempt(gate, item, lease, 0);
				}
				case HandlerGate.Entry.Paused(Duration left) -> {
					return CompletableFuture.completedFuture(new Result.Parked(left));
				}
				case HandlerGate.Entry.Probing(CompletableFuture<Void> result) -> await(result);
			}
		}
		return CompletableFuture.completedFuture(new Result.Released());
	}

	private void await(CompletableFuture<Void> probe) throws InterruptedException {
		try {
			this.scheduler.await(probe, Duration.ofSeconds(1));
		}
		catch (TimeoutException _) {
			// The lease is looked at before the next wait.
		}
		catch (ExecutionException ex) {
			throw new IllegalStateException(ex);
		}
	}

	private CompletableFuture<Result> attempt(HandlerGate gate, Item item, Leases.Held lease, int repeat)
			throws InterruptedException {
		Copy copy = item.copy();
		long start = this.scheduler.nanoTime();
		Attempt attempt = new Attempt(copy.delivery(), CopyKeys.idempotencyKey(item.key()),
				copy.envelope().attempt() + 1, this.runner.timeout());
		return this.runner.call(gate.handler(), attempt, lease::isHeld).thenCompose((result) -> {
			this.meters.attempted(gate.handler().name(), copy, result, this.scheduler.nanoTime() - start);
			return ended(gate, item, lease, repeat, result);
		});
	}

	private CompletableFuture<Result> ended(HandlerGate gate, Item item, Leases.Held lease, int repeat,
			Result result) {
		switch (result) {
			case Result.Ended(Outcome.Retry(Duration after, String _)) -> {
				this.handlers.failed(gate);
				if (after == null && item.key().attempt() == 0 && repeat < REPEATS && !gate.isDoubtful()) {
					return repeat(gate, item, lease, repeat + 1, result);
				}
			}
			case Result.Ended(Outcome.Handled _), Result.Ended(Outcome.Dead _) -> this.handlers.succeeded(gate);
			case Result.Released _, Result.Parked _ -> gate.withdrawn();
		}
		return CompletableFuture.completedFuture(result);
	}

	private CompletableFuture<Result> repeat(HandlerGate gate, Item item, Leases.Held lease, int repeat,
			Result failure) {
		CompletableFuture<Result> end = new CompletableFuture<>();
		long ceiling = FIRST_MOMENT_MILLIS << (2 * repeat);
		Duration moment = Duration.ofMillis(ceiling / 2 + this.random.nextLong(ceiling / 2));
		this.scheduler.after(moment, "repeat", () -> {
			if (!lease.isHeld() || gate.isDoubtful()) {
				end.complete(failure);
				return;
			}
			try {
				attempt(gate, item, lease, repeat)
					.whenComplete((result, ex) -> end.complete((ex == null) ? result : failure));
			}
			catch (InterruptedException _) {
				Thread.currentThread().interrupt();
				end.complete(failure);
			}
		});
		return end;
	}

}
