package dev.holdfast.receive;

import java.io.IOException;
import java.util.Arrays;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;

import dev.holdfast.receive.RawClient.Reply;
import dev.holdfast.receive.ReceiveLimits.Admission;
import dev.holdfast.telemetry.Meters;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import static org.assertj.core.api.Assertions.assertThat;

/// Bodies of every size, framing and type, and the limits that they meet.
@ExtendWith(Edge.Extension.class)
class BodiesTests {

	private static final int LIMIT = 16 * 1024 * 1024;

	private final Edge edge;

	private double before;

	BodiesTests(Edge edge) {
		this.edge = edge;
	}

	@BeforeEach
	void remember() {
		this.before = this.edge.count(Meters.RECEIVED);
	}

	@AfterEach
	void releasesEverythingAndItsCountsAddUp() {
		assertThat(this.edge.count(Meters.RECEIVED))
			.isEqualTo(this.edge.count(Meters.ACCEPTED) + this.edge.count(Meters.REFUSED))
			.isGreaterThan(this.before);
		ReceiveLimits limits = this.edge.bean(ReceiveLimits.class);
		assertThat(limits.active()).isZero();
		assertThat(limits.bytes()).isZero();
	}

	@ParameterizedTest
	@ValueSource(strings = { "gzip", "br", "deflate", "identity, gzip" })
	void neverDecompresses(String encoding) throws IOException {
		Reply reply = this.edge.send(Edge.genuine("{}", "Content-Encoding: " + encoding));
		assertThat(reply.status()).isEqualTo(415);
		assertThat(reply.closes()).isTrue();
	}

	@Test
	void takesIdentityForNoEncoding() throws IOException {
		assertThat(this.edge.send(Edge.genuine("{}", "Content-Encoding: identity")).status()).isEqualTo(200);
	}

	@Test
	void acceptsABodyOfTheLimitAndOneBelow() throws IOException {
		for (int size : new int[] { LIMIT - 1, LIMIT }) {
			byte[] body = new byte[size];
			Arrays.fill(body, (byte) 'x');
			assertThat(this.edge.send(Edge.genuine(body)).status()).isEqualTo(200);
			assertThat(this.edge.buffer().held.getLast().delivery().body()).isEqualTo(body);
		}
	}

	@Test
	void refusesADeclaredBodyOverTheLimitUnread() throws IOException {
		for (long size : new long[] { LIMIT + 1L, Integer.MAX_VALUE + 1L, Long.MAX_VALUE }) {
			Reply reply = this.edge
				.send(Edge.headers("X-Shopify-", Edge.sign(new byte[0]), size, "Expect: 100-continue"));
			assertThat(reply.status()).isEqualTo(413);
			assertThat(reply.closes()).isTrue();
		}
	}

	@Test
	void stopsAChunkedBodyAtTheLimit() throws IOException {
		byte[] mebibyte = new byte[1024 * 1024];
		Reply reply = null;
		try (RawClient client = this.edge.connect()) {
			client.write(Edge.headers("X-Shopify-", Edge.sign(mebibyte), -1, "Transfer-Encoding: chunked"));
			boolean open = true;
			for (int i = 0; i < 16 && open; i++) {
				open = client.tryWrite(Edge.bytes("100000\r\n")) && client.tryWrite(mebibyte)
						&& client.tryWrite(Edge.bytes("\r\n"));
			}
			assertThat(open).isTrue();
			client.write("1\r\nx\r\n");
			reply = client.read();
		}
		assertThat(reply.status()).isEqualTo(413);
		assertThat(reply.closes()).isTrue();
		assertThat(this.edge.buffer().held).isEmpty();
	}

	@Test
	void acceptsAChunkedBody() throws IOException {
		String text = "x".repeat(70_000);
		String head = Edge.headers("X-Shopify-", Edge.sign(Edge.bytes(text + "{}")), -1, "Transfer-Encoding: chunked");
		String chunks = Integer.toHexString(70_000) + ";ext=1\r\n" + text + "\r\n2\r\n{}\r\n0\r\nTrailer: t\r\n\r\n";
		assertThat(this.edge.send(head + chunks).status()).isEqualTo(200);
		assertThat(this.edge.onlyCopy().delivery().body()).isEqualTo(Edge.bytes(text + "{}"));
	}

	@Test
	void acceptsAnEmptyBodyThatIsSigned() throws IOException {
		assertThat(this.edge.send(Edge.headers("X-Shopify-", Edge.sign(new byte[0]), -1)).status()).isEqualTo(200);
		assertThat(this.edge.send(Edge.genuine(new byte[0])).status()).isEqualTo(200);
		assertThat(this.edge.send(Edge.headers("X-Shopify-", Edge.sign(Edge.bytes("x")), -1)).status()).isEqualTo(401);
	}

	@Test
	void refusesAtOnceWhenTheBytesAreUsedUp() throws IOException {
		ReceiveLimits limits = this.edge.bean(ReceiveLimits.class);
		try (Admission all = limits.admit()) {
			assertThat(all.reserve(Runtime.getRuntime().maxMemory() / 4)).isTrue();
			Reply reply = this.edge
				.send(Edge.headers("X-Shopify-", Edge.sign(new byte[0]), 10, "Expect: 100-continue"));
			assertThat(reply.status()).isEqualTo(503);
			assertThat(reply.headers()).containsEntry("retry-after", "1");
			assertThat(this.edge.send(Edge.headers("X-Shopify-", "AAAA", -1, "Transfer-Encoding: chunked")).status())
				.isEqualTo(503);
		}
	}

	@Test
	void refusesAtOnceWhenThePermitsAreUsedUp() throws Exception {
		CountDownLatch entered = new CountDownLatch(Edge.PERMITS);
		CountDownLatch release = new CountDownLatch(1);
		this.edge.buffer().behave((copy, deadline, slow) -> {
			entered.countDown();
			release.await();
		});
		RawClient[] clients = new RawClient[Edge.PERMITS];
		for (int i = 0; i < clients.length; i++) {
			clients[i] = this.edge.connect();
			clients[i].write(Edge.genuine("{}"));
		}
		assertThat(entered.await(5, TimeUnit.SECONDS)).isTrue();
		assertThat(this.edge.send(Edge.headers("X-Shopify-", "AAAA", 1 << 20)).status()).as("unread").isEqualTo(503);
		assertThat(this.edge.send(Edge.headers("X-Shopify-", "AAAA", -1, "Transfer-Encoding: chunked")).status())
			.as("unread, whatever its length")
			.isEqualTo(503);
		assertThat(this.edge.send(Edge.genuine("{}")).status()).isEqualTo(503);
		assertThat(this.edge.send(Edge.headers("X-Shopify-", "AAAA", 10)).status())
			.as("a small body is read first, so that its refusal is no reset")
			.isEqualTo(408);
		release.countDown();
		for (RawClient client : clients) {
			assertThat(client.read().status()).isEqualTo(200);
			client.close();
		}
	}

	@ParameterizedTest
	@ValueSource(strings = { "application/x-www-form-urlencoded", "multipart/form-data; boundary=b",
			"text/plain; charset=utf-16", "not a type", "" })
	void verifiesRawBytesWhateverTheTypeSays(String type) throws IOException {
		byte[] body = Edge.bytes("a=1&b=%20&a=\u00e9+{");
		String head = Edge.headers("X-Shopify-", Edge.sign(body), body.length)
			.replace("application/json", type)
			.replace("POST /webhook ", "POST /webhook?a=2&_method=DELETE ");
		assertThat(this.edge.send(Edge.request(body, head)).status()).isEqualTo(200);
		assertThat(this.edge.onlyCopy().delivery().body()).isEqualTo(body);
	}

}
