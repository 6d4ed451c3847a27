package dev.holdfast.buffer;

import java.time.Duration;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;

import dev.holdfast.buffer.DeliveryBuffer.Cause;
import dev.holdfast.buffer.DeliveryBuffer.NotHeldException;
import dev.holdfast.fixture.Await;
import dev.holdfast.schedule.SystemScheduler;
import dev.holdfast.telemetry.Conditions;
import io.micrometer.core.instrument.DistributionSummary;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;

/// Starting and stopping, with real threads.
class BufferLifecycleTests {

	private final SystemScheduler scheduler = new SystemScheduler();

	private final CountDownLatch begun = new CountDownLatch(1);

	private final CountDownLatch end = new CountDownLatch(1);

	private final AtomicInteger probes = new AtomicInteger();

	private final SimpleMeterRegistry meters = new SimpleMeterRegistry();

	private final StoreBreaker breaker = new StoreBreaker(this.scheduler, new Conditions(this.meters),
			this.probes::incrementAndGet);

	private final GroupCommit buffer = new GroupCommit(new BufferProperties(256, Duration.ofMillis(5)), new NoStore() {

		@Override
		public void put(String key, Payload payload, Duration atMost) {
			BufferLifecycleTests.this.begun.countDown();
			try {
				BufferLifecycleTests.this.end.await();
			}
			catch (InterruptedException ex) {
				throw new AssertionError(ex);
			}
		}

	}, this.breaker, SegmentListener.NONE, this.scheduler, new Random(1),
			DistributionSummary.builder("batch").register(this.meters));

	private final BufferLifecycle lifecycle = new BufferLifecycle(this.buffer, this.breaker);

	@AfterEach
	void stop() {
		this.end.countDown();
		this.scheduler.close();
	}

	@Test
	void probesTheStoreWithoutHoldingTheStart() {
		this.lifecycle.start();
		assertThat(this.lifecycle.isRunning()).isTrue();
		Await.until("it is probed", Duration.ofSeconds(5), () -> this.probes.get() == 1);
	}

	@Test
	void letsTheLastPutLandBeforeItStops() throws Exception {
		this.lifecycle.start();
		CompletableFuture<String> held = hold();
		assertThat(this.begun.await(5, TimeUnit.SECONDS)).isTrue();
		CompletableFuture<Void> stopped = new CompletableFuture<>();
		Thread.ofVirtual().start(() -> {
			this.lifecycle.stop();
			stopped.complete(null);
		});
		Await.until("nothing more is taken", Duration.ofSeconds(5),
				() -> hold().completeOnTimeout("waits", 100, TimeUnit.MILLISECONDS)
					.join()
					.equals(Cause.SHUTTING_DOWN.name()));
		assertThat(stopped).isNotDone();
		assertThat(held).isNotDone();
		this.end.countDown();
		stopped.get(5, TimeUnit.SECONDS);
		assertThat(held.get(5, TimeUnit.SECONDS)).isEqualTo("held");
		assertThat(this.lifecycle.isRunning()).isFalse();
	}

	private CompletableFuture<String> hold() {
		CompletableFuture<String> fate = new CompletableFuture<>();
		Thread.ofVirtual().start(() -> {
			try {
				this.buffer.hold(Copies.of("1"), this.scheduler.nanoTime() + Duration.ofSeconds(20).toNanos(), () -> {
				});
				fate.complete("held");
			}
			catch (NotHeldException ex) {
				fate.complete(ex.reason().name());
			}
			catch (InterruptedException ex) {
				fate.completeExceptionally(ex);
			}
		});
		return fate;
	}

}
