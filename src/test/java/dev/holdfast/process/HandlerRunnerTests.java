package dev.holdfast.process;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;

import dev.holdfast.fixture.Await;
import dev.holdfast.schedule.SystemScheduler;
import dev.holdfast.telemetry.Condition;
import dev.holdfast.telemetry.Conditions;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;

/// Whatever a handler does on its thread harms its own delivery alone.
class HandlerRunnerTests {

	private static final Duration TIMEOUT = Duration.ofMillis(300);

	private final SystemScheduler scheduler = new SystemScheduler();

	private final ExecutorService threads = Executors
		.newCachedThreadPool(Thread.ofPlatform().daemon().name("handler-", 1).factory());

	private final Conditions conditions = new Conditions(new SimpleMeterRegistry());

	private HandlerRunner runner = runner(TIMEOUT);

	private final CountDownLatch end = new CountDownLatch(1);

	@AfterEach
	void stop() {
		this.end.countDown();
		this.threads.shutdownNow();
		this.scheduler.close();
	}

	private final AtomicBoolean leased = new AtomicBoolean(true);

	private volatile Runnable atTheStart = () -> {
	};

	@Test
	void callsNobodyOnceTheLeaseIsLost() throws Exception {
		this.leased.set(false);
		assertCallsNobody();
	}

	@Test
	void callsNobodyWhoseLeaseIsLostWhileTheThreadStarts() throws Exception {
		this.atTheStart = () -> this.leased.set(false);
		for (int i = 0; i < 5; i++) {
			this.leased.set(true);
			assertCallsNobody();
		}
		this.atTheStart = () -> this.leased.set(true);
		this.leased.set(true);
		assertWorks();
	}

	private void assertCallsNobody() throws Exception {
		AtomicBoolean called = new AtomicBoolean();
		Result result = call((_) -> {
			called.set(true);
			return Outcome.handled();
		}).get(5, TimeUnit.SECONDS);
		assertThat(result).isEqualTo(new Result.Released());
		assertThat(called).isFalse();
	}

	@Test
	void takesWhateverIsThrownAsARetry() throws Exception {
		assertThat(retry((_) -> {
			throw new IllegalStateException("no connection");
		})).isEqualTo("IllegalStateException: no connection");
		assertThat(retry((_) -> {
			throw new java.io.IOException();
		})).isEqualTo("IOException: null");
		assertThat(retry((_) -> null)).isEqualTo("the handler returned null");
		assertThat(retry((_) -> recurse(0))).startsWith("StackOverflowError");
		assertThat(retry((_) -> Outcome.retry("" + new long[Integer.MAX_VALUE].length))).startsWith("OutOfMemoryError");
		assertThat(retry((_) -> {
			throw new InterruptedException();
		})).isEqualTo("interrupted");
		assertThat(retry((_) -> {
			throw new LinkageError("no such class");
		})).startsWith("LinkageError");
		assertWorks();
	}

	@Test
	void interruptsAtTheDeadline() throws Exception {
		AtomicBoolean interrupted = new AtomicBoolean();
		long start = System.nanoTime();
		String error = retry((_) -> {
			try {
				this.end.await();
			}
			catch (InterruptedException ex) {
				interrupted.set(true);
				throw ex;
			}
			return Outcome.handled();
		});
		assertThat(Duration.ofNanos(System.nanoTime() - start)).isBetween(TIMEOUT, TIMEOUT.plusSeconds(2));
		assertThat(error).containsAnyOf("time-out", "interrupted");
		Await.until("interrupted", Duration.ofSeconds(5), interrupted::get);
		Await.until("its permit is free", Duration.ofSeconds(5), () -> this.runner.hung() == 0);
		assertWorks();
	}

	@Test
	void countsWhatIgnoresItsDeadlineUntilItEnds() throws Exception {
		List<CompletableFuture<Result>> deaf = new ArrayList<>();
		deaf.add(call(this::ignoreInterrupts));
		assertThat(deaf.getFirst().get(5, TimeUnit.SECONDS)).isInstanceOf(Result.Ended.class);
		assertThat(this.runner.hung()).isEqualTo(1);
		assertThat(this.runner.isClogged()).isFalse();
		deaf.add(call(this::ignoreInterrupts));
		deaf.getLast().get(5, TimeUnit.SECONDS);
		assertThat(this.runner.hung()).isEqualTo(2);
		assertThat(this.runner.isClogged()).as("half of four permits").isTrue();
		assertThat(this.conditions.holding()).containsOnlyKeys(Condition.HANDLERS_HUNG);
		assertWorks();
		this.end.countDown();
		Await.until("they end", Duration.ofSeconds(5), () -> this.runner.hung() == 0);
		assertThat(this.runner.isClogged()).isFalse();
		assertThat(this.conditions.holding()).isEmpty();
	}

	@Test
	void keepsThePermitsOfWhatIgnoresItsDeadline() throws Exception {
		for (int i = 0; i < 4; i++) {
			call(this::ignoreInterrupts);
		}
		CompletableFuture<CompletableFuture<Result>> waiting = new CompletableFuture<>();
		Thread caller = Thread.ofVirtual().start(() -> {
			try {
				waiting.complete(call((_) -> Outcome.handled()));
			}
			catch (InterruptedException ex) {
				waiting.completeExceptionally(ex);
			}
		});
		Await.until("all hang", Duration.ofSeconds(5), () -> this.runner.hung() == 4);
		assertThat(waiting).isNotDone();
		this.end.countDown();
		assertThat(waiting.get(5, TimeUnit.SECONDS).get(5, TimeUnit.SECONDS))
			.isEqualTo(new Result.Ended(Outcome.handled()));
		caller.join();
	}

	@Test
	void letsNoSpinningHandlerStarveTheOthers() throws Exception {
		AtomicBoolean spin = new AtomicBoolean(true);
		for (int i = 0; i < 3; i++) {
			call((_) -> {
				while (spin.get()) {
					Thread.onSpinWait();
				}
				return Outcome.handled();
			});
		}
		try {
			for (int i = 0; i < 20; i++) {
				assertWorks();
			}
			Await.until("they are noticed", Duration.ofSeconds(5), () -> this.runner.hung() == 3);
		}
		finally {
			spin.set(false);
		}
		Await.until("they end", Duration.ofSeconds(5), () -> this.runner.hung() == 0);
	}

	/// As where the machine stands still between the two.
	@Test
	void losesNoPermitToACallWhoseThreadStartsAfterItsDeadline() throws Exception {
		List<Runnable> late = new ArrayList<>();
		this.runner = new HandlerRunner((work) -> {
			late.add(work);
			return () -> {
			};
		}, this.scheduler, TIMEOUT, 1, this.conditions);
		AtomicBoolean called = new AtomicBoolean();
		for (int i = 0; i < 3; i++) {
			Result result = call((_) -> {
				called.set(true);
				return Outcome.handled();
			}).get(5, TimeUnit.SECONDS);
			assertThat(result).as("no attempt was made").isEqualTo(new Result.Released());
		}
		late.forEach(Runnable::run);
		assertThat(called).isFalse();
		assertThat(this.runner.hung()).isZero();
	}

	@Test
	void usesUpNoAttemptWhenTheReplicaStops() throws Exception {
		this.runner = runner(Duration.ofMinutes(1));
		CountDownLatch begun = new CountDownLatch(1);
		CompletableFuture<Result> running = call((_) -> {
			begun.countDown();
			this.end.await();
			return Outcome.handled();
		});
		begun.await();
		this.runner.interrupt();
		assertThat(running.get(5, TimeUnit.SECONDS)).isEqualTo(new Result.Released());
		assertThat(call((_) -> Outcome.handled()).get(5, TimeUnit.SECONDS)).isEqualTo(new Result.Released());
	}

	@Test
	void doesNotLeaveAnInterruptToTheNextOnThatThread() throws Exception {
		for (int i = 0; i < 4; i++) {
			call((_) -> {
				Thread.currentThread().interrupt();
				return Outcome.handled();
			}).get(5, TimeUnit.SECONDS);
		}
		assertThat(call((_) -> Outcome.retry("" + Thread.currentThread().isInterrupted())).get(5, TimeUnit.SECONDS))
			.isEqualTo(new Result.Ended(Outcome.retry("false")));
	}

	private HandlerRunner runner(Duration timeout) {
		return new HandlerRunner((work) -> {
			Future<?> future = this.threads.submit(() -> {
				this.atTheStart.run();
				work.run();
			});
			return () -> future.cancel(true);
		}, this.scheduler, timeout, 4, this.conditions);
	}

	private Outcome ignoreInterrupts(Attempt attempt) {
		while (this.end.getCount() > 0) {
			try {
				this.end.await();
			}
			catch (InterruptedException _) {
				// As a handler does that swallows what it should not.
			}
		}
		return Outcome.handled();
	}

	@SuppressWarnings("InfiniteRecursion")
	private static Outcome recurse(int depth) {
		Outcome deeper = recurse(depth + 1);
		return (depth > 0) ? deeper : Outcome.handled();
	}

	private void assertWorks() throws Exception {
		assertThat(call((_) -> Outcome.handled()).get(5, TimeUnit.SECONDS))
			.isEqualTo(new Result.Ended(Outcome.handled()));
	}

	private String retry(Bench.Script script) throws Exception {
		Result result = call(script).get(10, TimeUnit.SECONDS);
		assertThat(result).isInstanceOf(Result.Ended.class);
		return ((Outcome.Retry) ((Result.Ended) result).outcome()).error();
	}

	private CompletableFuture<Result> call(Bench.Script script) throws InterruptedException {
		DeliveryHandler handler = new DeliveryHandler() {

			@Override
			public String name() {
				return "books";
			}

			@Override
			public Set<String> topics() {
				return Set.of("*");
			}

			@Override
			public Outcome handle(Attempt attempt) throws Exception {
				return script.handle(attempt);
			}

		};
		return this.runner.call(handler, new Attempt(Bench.copy("1").delivery(), "key", 1, TIMEOUT), this.leased::get);
	}

}
