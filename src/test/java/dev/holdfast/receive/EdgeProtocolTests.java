package dev.holdfast.receive;

import java.io.IOException;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Executor;
import java.util.concurrent.TimeUnit;

import dev.holdfast.telemetry.Meters;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import org.apache.catalina.connector.Connector;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

import org.springframework.boot.test.system.CapturedOutput;
import org.springframework.boot.test.system.OutputCaptureExtension;
import org.springframework.boot.tomcat.servlet.TomcatServletWebServerFactory;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

@ExtendWith(OutputCaptureExtension.class)
class EdgeProtocolTests {

	private final SimpleMeterRegistry registry = new SimpleMeterRegistry();

	@Test
	void hasNoMoreRequestsAtOnceThanItsHeapHolds(CapturedOutput output) {
		EdgeProtocol protocol = new EdgeProtocol(2, Duration.ofMillis(1));
		configure(protocol);
		protocol.setProcessorCache(200);
		assertThat(protocol.createProcessor()).isNotNull();
		assertThat(protocol.createProcessor()).isNotNull();
		assertThat(closed()).isZero();
		for (int i = 0; i < 3; i++) {
			assertThatExceptionOfType(IOException.class).isThrownBy(protocol::createProcessor)
				.withMessageContaining("more than 2 requests");
		}
		assertThat(closed()).isEqualTo(3);
		assertThat(output).containsOnlyOnce("connections are closed unanswered");
		assertThat(protocol.getProcessorCache()).as("all are used again").isEqualTo(-1);
	}

	@Test
	void letsOneMoreWaitForRoom() throws Exception {
		Executor executor = executor(new EdgeProtocol(1, Duration.ofMinutes(1)));
		CountDownLatch first = new CountDownLatch(1);
		List<Integer> ended = new CopyOnWriteArrayList<>();
		CompletableFuture<Void> began = new CompletableFuture<>();
		CompletableFuture<Void> done = new CompletableFuture<>();
		executor.execute(() -> {
			began.complete(null);
			await(first);
			ended.add(1);
		});
		began.get(10, TimeUnit.SECONDS);
		for (int i = 2; i <= 3; i++) {
			int number = i;
			executor.execute(() -> {
				ended.add(number);
				if (ended.size() == 3) {
					done.complete(null);
				}
			});
		}
		assertThat(ended).isEmpty();
		first.countDown();
		done.get(10, TimeUnit.SECONDS);
		assertThat(ended).startsWith(1).containsExactlyInAnyOrder(1, 2, 3);
	}

	@Test
	void makesNobodyWaitForEver() throws Exception {
		Executor executor = executor(new EdgeProtocol(1, Duration.ofMillis(1)));
		CountDownLatch first = new CountDownLatch(1);
		CompletableFuture<Void> began = new CompletableFuture<>();
		CompletableFuture<Void> more = new CompletableFuture<>();
		executor.execute(() -> {
			began.complete(null);
			await(first);
		});
		began.get(10, TimeUnit.SECONDS);
		executor.execute(() -> more.complete(null));
		more.get(10, TimeUnit.SECONDS);
		first.countDown();
	}

	private static Executor executor(EdgeProtocol protocol) {
		protocol.setExecutor(Thread::startVirtualThread);
		return protocol.getExecutor();
	}

	private static void await(CountDownLatch latch) {
		try {
			latch.await();
		}
		catch (InterruptedException _) {
			Thread.currentThread().interrupt();
		}
	}

	/// As the application does it.
	private void configure(EdgeProtocol protocol) {
		ReceiveMeters meters = new ReceiveMeters(this.registry, new ReceiveLimits(1, 1));
		TomcatServletWebServerFactory factory = new TomcatServletWebServerFactory();
		new ReceiveConfiguration().edgeContainer(meters, new EdgeAlerts(new ManualScheduler())).customize(factory);
		Connector connector = new Connector(protocol);
		factory.getConnectorCustomizers().forEach((customizer) -> customizer.customize(connector));
	}

	private double closed() {
		return this.registry.get(Meters.CLOSED.id()).counter().count();
	}

}
