package dev.holdfast.receive;

import java.io.IOException;
import java.time.Duration;
import java.util.concurrent.Callable;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;

import dev.holdfast.receive.RawClient.Reply;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.ExtendWith;

import static org.assertj.core.api.Assertions.assertThat;

/// Clients that hold on to a connection, all at once because each takes its time.
@ExtendWith(Edge.Extension.class)
class SlowClientTests {

	private static final String HEAD = "POST /webhook HTTP/1.1\r\nHost: h\r\nX-Shopify-Topic: a/b\r\n"
			+ "X-Shopify-Hmac-Sha256: AAAA\r\n";

	private static final String CHUNKED = HEAD + "Transfer-Encoding: chunked\r\n\r\n";

	private final Edge edge;

	SlowClientTests(Edge edge) {
		this.edge = edge;
	}

	@Test
	@Timeout(20)
	void endsWithWhoeverTakesTooLong() throws Exception {
		double slow = this.edge.refused(Answer.BODY_SLOW);
		try (ExecutorService clients = Executors.newVirtualThreadPerTaskExecutor()) {
			Future<Timed> silent = clients.submit(drip(HEAD + "Content-Length: 900\r\n\r\n{", ""));
			Future<Timed> body = clients.submit(drip(HEAD + "Content-Length: 900\r\n\r\n", "x"));
			Future<Timed> chunks = clients.submit(drip(CHUNKED, "1\r\nx\r\n"));
			Future<Timed> extension = clients.submit(drip(CHUNKED + "1;", "e"));
			Future<Timed> trailer = clients.submit(drip(CHUNKED + "0\r\nT: ", "t"));
			Future<Timed> unwanted = clients
				.submit(drip("GET /webhook HTTP/1.1\r\nHost: h\r\n" + "Content-Length: 900\r\n\r\n", "x"));
			Future<Timed> headers = clients.submit(drip("POST /webhook HTTP/1.1\r\nHost: h\r\nX-A: ", "a"));
			Future<Timed> silentHeaders = clients.submit(drip("POST /webhook HTTP/1.1\r\nHost: h\r\nX-A: ", ""));

			assertThat(silent.get()).isEqualTo(answered(408, silent.get())).satisfies((t) -> t.isWithin(1500));
			assertThat(body.get()).isEqualTo(answered(408, body.get())).satisfies((t) -> t.isWithin(4000));
			assertThat(chunks.get()).isEqualTo(answered(408, chunks.get())).satisfies((t) -> t.isWithin(4000));
			assertThat(extension.get()).isEqualTo(answered(408, extension.get())).satisfies((t) -> t.isWithin(4000));
			assertThat(trailer.get()).isEqualTo(answered(408, trailer.get())).satisfies((t) -> t.isWithin(4000));
			assertThat(unwanted.get()).isEqualTo(answered(405, unwanted.get())).satisfies((t) -> t.isWithin(500));
			assertThat(headers.get()).isEqualTo(answered(0, headers.get())).satisfies((t) -> t.isWithin(4000));
			assertThat(silentHeaders.get()).satisfies((t) -> t.isWithin(5500));
		}
		assertThat(this.edge.refused(Answer.BODY_SLOW)).isEqualTo(slow + 5);
		assertThat(this.edge.bean(ReceiveLimits.class).active()).isZero();
	}

	private Callable<Timed> drip(String start, String drop) {
		return () -> {
			long began = System.nanoTime();
			try (RawClient client = this.edge.connect();
					ExecutorService dripper = Executors.newVirtualThreadPerTaskExecutor()) {
				client.write(start);
				Future<?> dripping = dripper.submit(() -> dripUntilClosed(client, drop));
				Reply reply = client.read();
				boolean closed = client.isClosed();
				dripping.cancel(true);
				return new Timed(reply.status(), closed, Duration.ofNanos(System.nanoTime() - began).toMillis());
			}
		};
	}

	private static Void dripUntilClosed(RawClient client, String drop) throws IOException, InterruptedException {
		CountDownLatch never = new CountDownLatch(1);
		while (!drop.isEmpty() && !never.await(200, TimeUnit.MILLISECONDS)) {
			client.write(drop);
		}
		return null;
	}

	private static Timed answered(int status, Timed actual) {
		return new Timed(status, true, actual.millis());
	}

	/// An answer, whether the connection was closed after it, and when.
	record Timed(int status, boolean closed, long millis) {

		void isWithin(long most) {
			assertThat(this.millis).isLessThan(most);
		}

	}

}
