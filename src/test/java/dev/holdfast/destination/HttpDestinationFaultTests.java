package dev.holdfast.destination;

import java.io.OutputStream;
import java.net.SocketException;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;

import dev.holdfast.delivery.Delivery;
import dev.holdfast.delivery.Headers;
import dev.holdfast.process.Attempt;
import dev.holdfast.process.Outcome;
import dev.holdfast.schedule.SystemScheduler;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

import static dev.holdfast.destination.RawServer.readAll;
import static dev.holdfast.destination.RawServer.readSome;
import static dev.holdfast.destination.RawServer.write;
import static org.assertj.core.api.Assertions.assertThat;

/// [HttpDestination] against a server that does what no server should.
@Timeout(10)
class HttpDestinationFaultTests {

	private static final Duration TIMEOUT = Duration.ofMillis(400);

	private static final String PAYLOAD = "jane@example.com";

	private final SystemScheduler scheduler = new SystemScheduler();

	private final List<HttpDestination> destinations = new CopyOnWriteArrayList<>();

	private RawServer server;

	private volatile Duration atMost = Duration.ofSeconds(30);

	@BeforeEach
	void listen() throws Exception {
		this.server = new RawServer();
	}

	@AfterEach
	void stop() throws Exception {
		this.destinations.forEach(HttpDestination::close);
		this.server.close();
		this.scheduler.close();
	}

	@Test
	void givesUpAnAnswerThatNeverComes() throws Exception {
		this.server.serve(RawServer::readAll);
		long before = System.nanoTime();
		assertThat(handle("http", TIMEOUT)).isEqualTo(Outcome.retry("no answer in 400 ms"));
		assertThat(Duration.ofNanos(System.nanoTime() - before)).isBetween(TIMEOUT, Duration.ofSeconds(3));
	}

	@Test
	void neverTakesLongerThanTheAttemptMay() throws Exception {
		this.atMost = Duration.ofMillis(300);
		this.server.serve(RawServer::readAll);
		assertThat(handle("http", Duration.ofSeconds(9))).isEqualTo(Outcome.retry("no answer in 300 ms"));
	}

	@Test
	void closesTheConnectionItGaveUp() throws Exception {
		CountDownLatch closed = new CountDownLatch(1);
		this.server.serve((connection) -> {
			readAll(connection);
			closed.countDown();
		});
		handle("http", TIMEOUT);
		assertThat(closed.await(5, TimeUnit.SECONDS)).isTrue();
	}

	@Test
	void givesUpHeadersThatNeverEnd() throws Exception {
		this.server.serve((connection) -> {
			OutputStream out = connection.getOutputStream();
			write(out, "HTTP/1.1 200 OK\r\n");
			while (true) {
				write(out, "X-More: and more\r\n");
				pause(20);
			}
		});
		assertThat(handle("http", TIMEOUT)).isEqualTo(Outcome.retry("no answer in 400 ms"));
	}

	@Test
	void doesNotReadABodyThatNeverEnds() throws Exception {
		CountDownLatch cutOff = new CountDownLatch(1);
		AtomicLong written = new AtomicLong();
		this.server.serve((connection) -> {
			OutputStream out = connection.getOutputStream();
			write(out, "HTTP/1.1 200 OK\r\nContent-Type: text/plain\r\n\r\n");
			try {
				while (true) {
					out.write(new byte[8192]);
					written.addAndGet(8192);
				}
			}
			catch (SocketException ex) {
				cutOff.countDown();
			}
		});
		assertThat(handle("http", Duration.ofSeconds(9))).isEqualTo(Outcome.handled());
		assertThat(cutOff.await(5, TimeUnit.SECONDS)).isTrue();
		assertThat(written).as("what fits in the sockets' buffers").hasValueLessThan(32 * 1024 * 1024);
	}

	@Test
	void doesNotWaitForABodyThatTrickles() throws Exception {
		CountDownLatch cutOff = new CountDownLatch(1);
		this.server.serve((connection) -> {
			OutputStream out = connection.getOutputStream();
			write(out, "HTTP/1.1 500 Oops\r\nContent-Length: 1000000\r\n\r\n");
			try {
				while (true) {
					out.write('x');
					pause(20);
				}
			}
			catch (SocketException ex) {
				cutOff.countDown();
			}
		});
		long before = System.nanoTime();
		assertThat(handle("http", Duration.ofSeconds(9))).isEqualTo(Outcome.retry("HTTP 500"));
		assertThat(Duration.ofNanos(System.nanoTime() - before)).isLessThan(Duration.ofSeconds(4));
		assertThat(cutOff.await(5, TimeUnit.SECONDS)).isTrue();
	}

	@Test
	void believesTheStatusOfAnAnswerThatBreaksOff() throws Exception {
		this.server.serve((connection) -> {
			readSome(connection);
			write(connection.getOutputStream(), "HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\nhalf");
			connection.close();
		});
		assertThat(handle("http", Duration.ofSeconds(9))).isEqualTo(Outcome.handled());
	}

	@Test
	void usesAConnectionAgain() throws Exception {
		this.server.serve((connection) -> {
			byte[] buffer = new byte[65536];
			while (connection.getInputStream().read(buffer) > 0) {
				write(connection.getOutputStream(), "HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok");
			}
		});
		HttpDestination destination = destination("http", Duration.ofSeconds(9));
		for (int i = 0; i < 50; i++) {
			assertThat(destination.handle(attempt(new byte[0]))).isEqualTo(Outcome.handled());
		}
		assertThat(this.server.accepted()).isEqualTo(1);
	}

	@Test
	void triesAgainAfterAReset() throws Exception {
		this.server.serve((connection) -> {
			connection.getInputStream().read();
			connection.setSoLinger(true, 0);
			connection.close();
		});
		assertThat(handle("http", Duration.ofSeconds(9))).isInstanceOfSatisfying(Outcome.Retry.class,
				(retry) -> assertThat(retry.error()).startsWith("connection failed: "));
	}

	@Test
	void triesAgainAfterAnEmptyAnswer() throws Exception {
		this.server.serve((connection) -> {
			readSome(connection);
			connection.close();
		});
		assertThat(handle("http", Duration.ofSeconds(9))).isInstanceOfSatisfying(Outcome.Retry.class,
				(retry) -> assertThat(retry.error()).startsWith("connection failed: "));
	}

	@Test
	void quotesNothingOfAnAnswerThatIsNotHttp() throws Exception {
		this.server.serve((connection) -> {
			readSome(connection);
			write(connection.getOutputStream(), "HTTP/1.1 " + PAYLOAD + "\r\nX: " + PAYLOAD + "\r\n\r\n");
			connection.close();
		});
		assertThat(handle("http", Duration.ofSeconds(9))).isInstanceOfSatisfying(Outcome.Retry.class,
				(retry) -> assertThat(retry.error()).startsWith("connection failed: ").doesNotContain(PAYLOAD));
	}

	@Test
	void saysThatTlsFailed() throws Exception {
		this.server.serve((connection) -> {
			readSome(connection);
			write(connection.getOutputStream(), "HTTP/1.1 400 Bad Request\r\n\r\n");
			connection.close();
		});
		assertThat(handle("https", Duration.ofSeconds(9))).isInstanceOfSatisfying(Outcome.Retry.class,
				(retry) -> assertThat(retry.error()).startsWith("TLS failed: "));
	}

	@Test
	void saysThatTheConnectionWasRefused() throws Exception {
		this.server.close();
		assertThat(handle("http", Duration.ofSeconds(9))).isEqualTo(Outcome.retry("connection refused"));
	}

	@Test
	void saysThatTheHostIsUnknown() throws Exception {
		HttpDestination destination = destination(URI.create("http://holdfast.invalid/"), Duration.ofSeconds(9));
		assertThat(destination.handle(attempt(new byte[0]))).isEqualTo(Outcome.retry("unknown host"));
	}

	@Test
	void passesAnInterruptOn() throws Exception {
		CountDownLatch reached = new CountDownLatch(1);
		CountDownLatch closed = new CountDownLatch(1);
		this.server.serve((connection) -> {
			connection.getInputStream().read();
			reached.countDown();
			readAll(connection);
			closed.countDown();
		});
		CompletableFuture<Throwable> thrown = new CompletableFuture<>();
		Thread worker = Thread.ofVirtual().start(() -> {
			try {
				handle("http", Duration.ofSeconds(9));
				thrown.complete(new AssertionError("returned"));
			}
			catch (Throwable ex) {
				thrown.complete(ex);
			}
		});
		assertThat(reached.await(5, TimeUnit.SECONDS)).isTrue();
		worker.interrupt();
		assertThat(thrown.get(5, TimeUnit.SECONDS)).isInstanceOf(InterruptedException.class);
		assertThat(closed.await(5, TimeUnit.SECONDS)).isTrue();
	}

	@Test
	void takesAnAnswerBeforeTheBodyIsRead() throws Exception {
		this.server.serve((connection) -> {
			connection.getInputStream().read();
			write(connection.getOutputStream(),
					"HTTP/1.1 413 Too Large\r\nConnection: close\r\nContent-Length: 0\r\n\r\n");
			readAll(connection);
		});
		assertThat(destination("http", Duration.ofSeconds(9)).handle(attempt(new byte[4 * 1024 * 1024])))
			.isEqualTo(Outcome.retry("HTTP 413"));
	}

	private Outcome handle(String scheme, Duration timeout) throws Exception {
		return destination(scheme, timeout).handle(attempt(PAYLOAD.getBytes(StandardCharsets.UTF_8)));
	}

	private HttpDestination destination(String scheme, Duration timeout) {
		return destination(URI.create(scheme + "://127.0.0.1:" + this.server.port() + "/in"), timeout);
	}

	private HttpDestination destination(URI url, Duration timeout) {
		HttpDestination destination = new HttpDestination("orders",
				new DestinationProperties.Http(url, Set.of("*"), timeout), this.scheduler);
		this.destinations.add(destination);
		return destination;
	}

	private Attempt attempt(byte[] body) {
		return new Attempt(Delivery.of(Headers.of("X-Shopify-Topic", "orders/create"), body), "key", 1, this.atMost);
	}

	private void pause(long millis) {
		try {
			this.scheduler.pause(Duration.ofMillis(millis));
		}
		catch (InterruptedException ex) {
			Thread.currentThread().interrupt();
		}
	}

}
