package dev.holdfast.receive;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Executor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

import dev.holdfast.telemetry.Meters;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import org.apache.catalina.connector.Connector;
import org.apache.tomcat.util.net.SocketBufferHandler;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

import org.springframework.boot.test.system.CapturedOutput;
import org.springframework.boot.test.system.OutputCaptureExtension;
import org.springframework.boot.tomcat.TomcatProtocolHandlerCustomizer;
import org.springframework.boot.tomcat.autoconfigure.TomcatVirtualThreadsWebServerFactoryCustomizer;
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
		CountDownLatch first = fill(executor, () -> EdgeChannel.TURN.get().close());
		CompletableFuture<Void> second = CompletableFuture.runAsync(() -> {
		}, executor);
		CompletableFuture<Void> third = CompletableFuture.runAsync(() -> {
		}, executor);
		assertThatExceptionOfType(TimeoutException.class).isThrownBy(() -> second.get(50, TimeUnit.MILLISECONDS));
		assertThat(third).isNotDone();
		first.countDown();
		CompletableFuture.allOf(second, third).get(10, TimeUnit.SECONDS);
	}

	@Test
	void makesNobodyWaitForEver() throws Exception {
		Executor executor = executor(new EdgeProtocol(1, Duration.ofMillis(1)));
		CountDownLatch first = fill(executor, () -> {
		});
		CompletableFuture.runAsync(() -> {
		}, executor).get(10, TimeUnit.SECONDS);
		first.countDown();
	}

	@Test
	void servesAQuarterOfThemAtOnce() throws Exception {
		Executor executor = executor(new EdgeProtocol(4, Duration.ofMinutes(1)));
		CountDownLatch first = fill(executor, () -> {
		});
		CompletableFuture<Void> second = CompletableFuture.runAsync(() -> {
		}, executor);
		assertThatExceptionOfType(TimeoutException.class).isThrownBy(() -> second.get(50, TimeUnit.MILLISECONDS));
		first.countDown();
		second.get(10, TimeUnit.SECONDS);
	}

	@Test
	void goesOnWhileASenderKeepsARequestWaiting() throws Exception {
		Executor executor = executor(new EdgeProtocol(4, Duration.ofMinutes(1)));
		CountDownLatch latch = new CountDownLatch(1);
		try (ServerSocketChannel server = ServerSocketChannel.open()
			.bind(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0));
				SocketChannel _ = SocketChannel.open(server.getLocalAddress());
				SocketChannel accepted = server.accept()) {
			accepted.configureBlocking(false);
			EdgeChannel channel = new EdgeChannel(new SocketBufferHandler(1, 1, false));
			channel.reset(accepted, null);
			CompletableFuture<Integer> first = CompletableFuture.supplyAsync(() -> {
				int read = read(channel);
				await(latch);
				return read;
			}, executor);
			CompletableFuture.runAsync(() -> {
			}, executor).get(10, TimeUnit.SECONDS);
			assertThat(first).isNotDone();
			latch.countDown();
			assertThat(first.get(10, TimeUnit.SECONDS)).isZero();
		}
	}

	private static int read(EdgeChannel channel) {
		try {
			return channel.read(ByteBuffer.allocate(1));
		}
		catch (IOException ex) {
			throw new UncheckedIOException(ex);
		}
	}

	/// The executor that Tomcat is left with where requests are virtual threads.
	private static Executor executor(EdgeProtocol protocol) {
		TomcatServletWebServerFactory factory = new TomcatServletWebServerFactory();
		new TomcatVirtualThreadsWebServerFactoryCustomizer().customize(factory);
		factory.getProtocolHandlerCustomizers().forEach((customizer) -> customize(customizer, protocol));
		return protocol.getExecutor();
	}

	@SuppressWarnings("unchecked")
	private static void customize(TomcatProtocolHandlerCustomizer<?> customizer, EdgeProtocol protocol) {
		((TomcatProtocolHandlerCustomizer<EdgeProtocol>) customizer).customize(protocol);
	}

	/// Takes the only place there is until the latch is released.
	private static CountDownLatch fill(Executor executor, Runnable first) throws InterruptedException {
		CountDownLatch began = new CountDownLatch(1);
		CountDownLatch latch = new CountDownLatch(1);
		executor.execute(() -> {
			first.run();
			began.countDown();
			await(latch);
		});
		assertThat(began.await(10, TimeUnit.SECONDS)).isTrue();
		return latch;
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
