package dev.holdfast.receive;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.stream.Stream;

import dev.holdfast.receive.RawClient.Reply;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

import static org.assertj.core.api.Assertions.assertThat;

/// What is not quite HTTP, or not for us: refused in plain words, and the connection never
/// used for what follows.
@ExtendWith(Edge.Extension.class)
class FramingTests {

	private static final String SIGNED = "X-Shopify-Topic: a/b\r\nX-Shopify-Hmac-Sha256: " + Edge.sign(Edge.bytes("{}"))
			+ "\r\n";

	private static final String START = "POST /webhook HTTP/1.1\r\nHost: h\r\n" + SIGNED;

	private static final String LENGTH = "Content-Length: 2\r\n";

	private static final String CHUNKED = START + "Transfer-Encoding: chunked\r\n\r\n";

	private final Edge edge;

	FramingTests(Edge edge) {
		this.edge = edge;
	}

	static Stream<String> malformed() {
		return Stream.of(START + LENGTH + "Content-Length: 3\r\n\r\n{}", START + LENGTH + LENGTH + "\r\n{}",
				START + "Content-Length: -2\r\n\r\n{}", START + "Content-Length: +2\r\n\r\n{}",
				START + "Content-Length: 2x\r\n\r\n{}", START + "Content-Length: 0x2\r\n\r\n{}",
				START + "Content-Length: 99999999999999999999\r\n\r\n{}",
				START + "Transfer-Encoding: xchunked\r\n\r\n2\r\n{}\r\n0\r\n\r\n",
				START + "Transfer-Encoding: chunked, identity\r\n\r\n2\r\n{}\r\n0\r\n\r\n",
				START + "Transfer-Encoding: \u000bchunked\r\n\r\n2\r\n{}\r\n0\r\n\r\n",
				START + "Transfer-Encoding: chunked\r\nTransfer-Encoding: chunked\r\n\r\n2\r\n{}\r\n0\r\n\r\n",
				START + "Transfer-Encoding : chunked\r\n\r\n2\r\n{}\r\n0\r\n\r\n", CHUNKED + "zz\r\n{}\r\n0\r\n\r\n",
				CHUNKED + "-2\r\n{}\r\n0\r\n\r\n", CHUNKED + "123456789\r\n{}\r\n", CHUNKED + "0x2\r\n{}\r\n0\r\n\r\n",
				CHUNKED + "2\r\n{}}\r\n0\r\n\r\n", CHUNKED + "2;" + "e".repeat(9000) + "\r\n{}\r\n0\r\n\r\n",
				CHUNKED + "2\r\n{}\r\n0\r\nT: " + "t".repeat(9000) + "\r\n\r\n",
				START + "X-A: a\u0000b\r\n" + LENGTH + "\r\n{}", START + "X-A: a\rb\r\n" + LENGTH + "\r\n{}",
				START + "X A: b\r\n" + LENGTH + "\r\n{}", START + "no colon\r\n" + LENGTH + "\r\n{}",
				START + "X-A: b\r\n".repeat(101) + LENGTH + "\r\n{}",
				START + "X-A: " + "a".repeat(9 * 1024) + "\r\n" + LENGTH + "\r\n{}",
				"POST /webhook HTTP/1.1\r\n" + SIGNED + LENGTH + "\r\n{}",
				START + "Host: other\r\n" + LENGTH + "\r\n{}",
				START.replace("/webhook", "http://other/webhook") + LENGTH + "\r\n{}",
				START.replace("/webhook", "/web|hook") + LENGTH + "\r\n{}",
				"CONNECT h:443 HTTP/1.1\r\nHost: h:443\r\n\r\n", "PO ST /webhook HTTP/1.1\r\nHost: h\r\n\r\n",
				"POST /webhook HTTP/3.1\r\nHost: h\r\n\r\n", "POST /webhook\r\n\r\n",
				"\u0016\u0003\u0001\u0002\u0000\r\n\r\n",
				"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n\u0000\u0000\u0000\u0004\u0000\u0000\u0000\u0000\u0000");
	}

	@ParameterizedTest
	@MethodSource("malformed")
	void refusesWhatIsMalformedAndNeverReadsOn(String request) throws IOException {
		try (RawClient client = this.edge.connect()) {
			client.write(request.getBytes(StandardCharsets.ISO_8859_1));
			client.tryWrite(Edge.genuine("{\"smuggled\":1}"));
			client.finishWriting();
			Reply reply = client.read();
			assertThat(reply.status()).isIn(0, 400, 404, 405, 501, 505);
			assertPlain(reply);
			assertThat(client.isClosed()).isTrue();
		}
		assertThat(this.edge.buffer().held).isEmpty();
	}

	@Test
	void readsAChunkedBodyWithALengthAsChunkedAndCloses() throws IOException {
		try (RawClient client = this.edge.connect()) {
			client.write(START + "Content-Length: 300\r\nTransfer-Encoding: chunked\r\n\r\n2\r\n{}\r\n0\r\n\r\n");
			client.tryWrite(Edge.genuine("{\"smuggled\":1}"));
			Reply reply = client.read();
			assertThat(reply.status()).isEqualTo(200);
			assertThat(reply.closes()).isTrue();
			assertThat(client.isClosed()).isTrue();
		}
		assertThat(this.edge.buffer().held).hasSize(1);
	}

	@ParameterizedTest
	@ValueSource(strings = { "GET /webhook HTTP/1.1\r\nHost: h\r\nContent-Length: 2\r\n\r\n{}",
			"POST /webhook HTTP/1.1\r\nHost: h\r\nContent-Length: 2\r\n\r\n{}",
			"POST /webhook HTTP/1.1\r\nHost: h\r\nContent-Encoding: gzip\r\nContent-Length: 2\r\n\r\n{}",
			"POST /nothing HTTP/1.1\r\nHost: h\r\nContent-Length: 2\r\n\r\n{}" })
	void neverExecutesWhatFollowsAnUnreadBody(String request) throws IOException {
		try (RawClient client = this.edge.connect()) {
			client.write(Edge.request(Edge.genuine("{\"smuggled\":1}"), request));
			Reply reply = client.read();
			assertThat(reply.status()).isBetween(400, 499);
			assertThat(reply.closes()).isTrue();
			assertThat(client.isClosed()).isTrue();
		}
		assertThat(this.edge.buffer().held).isEmpty();
	}

	@Test
	void servesPipelinedDeliveriesInOrder() throws IOException {
		try (RawClient client = this.edge.connect()) {
			client.write(Edge.request(Edge.genuine("{\"n\":2}"),
					new String(Edge.genuine("{\"n\":1}"), StandardCharsets.UTF_8)));
			assertThat(client.read().status()).isEqualTo(200);
			assertThat(client.read().status()).isEqualTo(200);
		}
		assertThat(this.edge.buffer().held)
			.extracting((copy) -> new String(copy.delivery().body(), StandardCharsets.UTF_8))
			.containsExactly("{\"n\":1}", "{\"n\":2}");
	}

	@ParameterizedTest
	@ValueSource(strings = { "/", "/nothing", "/webhook/", "/webhook/x", "/webhookx", "/Webhook",
			"/webhook;jsessionid=1", "/x/../webhook", "/%2e%2e/webhook", "/./webhook", "//webhook", "/webhook%2f",
			"/%77ebhook", "/webhook%00", "/../../etc/passwd", "/webhook.json", "/index.html", "/error", "/favicon.ico",
			"/WEB-INF/web.xml" })
	void knowsNoOtherPath(String path) throws IOException {
		Reply reply = this.edge.send(START.replace("/webhook", path) + LENGTH + "\r\n{}");
		assertThat(reply.status()).isIn(400, 404);
		assertPlain(reply);
		assertThat(this.edge.buffer().held).isEmpty();
	}

	@ParameterizedTest
	@ValueSource(strings = {
			"Upgrade: h2c\r\nConnection: Upgrade, HTTP2-Settings\r\nHTTP2-Settings: AAMAAABkAAQAAP__\r\n",
			"Upgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Version: 13\r\nSec-WebSocket-Key: AAAA\r\n" })
	void ignoresAnUpgrade(String headers) throws IOException {
		assertThat(this.edge.send(START + headers + LENGTH + "\r\n{}").status()).isEqualTo(200);
	}

	/// RFC 9112 §5.2 lets a server refuse a folded header or put a space in its place.
	@Test
	void storesAFoldedHeaderOnOneLine() throws IOException {
		assertThat(this.edge.send(START + LENGTH + "X-Shopify-A: b\r\n X-Shopify-B: c\r\n\r\n{}").status())
			.isEqualTo(200);
		assertThat(this.edge.onlyCopy().delivery().headers().single("X-Shopify-A")).isEqualTo("b X-Shopify-B: c");
		assertThat(this.edge.onlyCopy().delivery().headers().contains("X-Shopify-B")).isFalse();
	}

	@Test
	void speaksHttpOneDotZero() throws IOException {
		Reply reply = this.edge.send(START.replace("HTTP/1.1", "HTTP/1.0") + LENGTH + "\r\n{}");
		assertThat(reply.status()).isEqualTo(200);
	}

	@Test
	void asksForTheBodyWhenAskedTo() throws IOException {
		try (RawClient client = this.edge.connect()) {
			client.write(START + LENGTH + "Expect: 100-continue\r\n\r\n");
			assertThat(client.readHead().status()).isEqualTo(100);
			client.write("{}");
			assertThat(client.read().status()).isEqualTo(200);
		}
	}

	@Test
	void refusesAnotherExpectation() throws IOException {
		Reply reply = this.edge.send(START + LENGTH + "Expect: other\r\n\r\n{}");
		assertThat(reply.status()).isEqualTo(417);
		assertPlain(reply);
	}

	@Test
	void storesNothingOfABodyThatEndsEarly() throws IOException {
		double aborted = this.edge.refused(Answer.ABORTED);
		try (RawClient client = this.edge.connect()) {
			client.write(START + "Content-Length: 20\r\n\r\n{}");
			client.finishWriting();
			assertThat(client.read().status()).isIn(0, 400);
		}
		assertThat(this.edge.buffer().held).isEmpty();
		assertThat(this.edge.refused(Answer.ABORTED)).isEqualTo(aborted + 1);
	}

	private static void assertPlain(Reply reply) {
		assertThat(reply.headers()).doesNotContainKeys("server", "x-powered-by", "set-cookie");
		assertThat(reply.body()).hasSizeLessThan(40).doesNotContain("<", "Tomcat", "Exception");
	}

}
