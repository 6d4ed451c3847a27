package dev.holdfast.schedule;

import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

class SystemSchedulerTests {

	private final SystemScheduler scheduler = new SystemScheduler();

	private final CompletableFuture<String> result = new CompletableFuture<>();

	private final CountDownLatch begun = new CountDownLatch(1);

	@AfterEach
	void stop() {
		this.scheduler.close();
	}

	@Test
	void runsWorkOnAThreadOfItsOwn() throws Exception {
		this.scheduler.start("mine", () -> this.result.complete(Thread.currentThread().getName()));
		assertThat(this.result.get(5, TimeUnit.SECONDS)).isEqualTo("mine");
	}

	@Test
	void interruptsWhatIsCancelled() throws Exception {
		Scheduler.Task task = this.scheduler.start("work", this::workForAMinute);
		this.begun.await();
		task.cancel();
		assertThat(this.result.get(5, TimeUnit.SECONDS)).isEqualTo("interrupted");
	}

	@Test
	void interruptsWhatIsCancelledAfterItsDelay() throws Exception {
		Scheduler.Task task = this.scheduler.after(Duration.ofMillis(1), "work", this::workForAMinute);
		this.begun.await();
		task.cancel();
		assertThat(this.result.get(5, TimeUnit.SECONDS)).isEqualTo("interrupted");
	}

	@Test
	void runsLaterUnlessItIsCancelledBefore() throws Exception {
		CompletableFuture<String> never = new CompletableFuture<>();
		Scheduler.Task cancelled = this.scheduler.after(Duration.ofMillis(50), "never", () -> never.complete("ran"));
		long start = this.scheduler.nanoTime();
		this.scheduler.after(Duration.ofMillis(100), "later", () -> this.result.complete("ran"));
		cancelled.cancel();
		assertThat(this.result.get(5, TimeUnit.SECONDS)).isEqualTo("ran");
		assertThat(Duration.ofNanos(this.scheduler.nanoTime() - start)).isGreaterThanOrEqualTo(Duration.ofMillis(100));
		assertThat(never).isNotDone();
	}

	@Test
	void waitsNoLongerThanItMay() {
		assertThatExceptionOfType(TimeoutException.class)
			.isThrownBy(() -> this.scheduler.await(this.result, Duration.ofMillis(20)));
		assertThatExceptionOfType(TimeoutException.class)
			.isThrownBy(() -> this.scheduler.await(this.result, Duration.ofSeconds(-1)));
		this.result.completeExceptionally(new IllegalStateException("none"));
		assertThatExceptionOfType(ExecutionException.class)
			.isThrownBy(() -> this.scheduler.await(this.result, Duration.ofSeconds(1)))
			.withCauseInstanceOf(IllegalStateException.class);
	}

	private void workForAMinute() {
		this.begun.countDown();
		try {
			this.scheduler.pause(Duration.ofMinutes(1));
			this.result.complete("ended");
		}
		catch (InterruptedException _) {
			this.result.complete("interrupted");
		}
	}

}
