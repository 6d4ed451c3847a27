package dev.holdfast.receive;

import java.io.IOException;
import java.net.SocketTimeoutException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.stream.Stream;

import dev.holdfast.receive.RawClient.Reply;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

import static org.assertj.core.api.Assertions.assertThat;

/// Requests whose end two servers may see in different places, with a genuine delivery
/// behind or inside: it is never taken for a request, whether the connection is fresh or
/// was used before.
@ExtendWith(Edge.Extension.class)
class SmugglingTests {

	private static final String SMUGGLED = "{\"smuggled\":1}";

	private static final String START = "POST /webhook HTTP/1.1\r\nHost: h\r\nX-Shopify-Topic: a/b\r\n"
			+ "X-Shopify-Hmac-Sha256: " + Edge.sign(Edge.bytes("{}")) + "\r\n";

	private static final String CHUNKS = "2\r\n{}\r\n0\r\n\r\n";

	private static final String HIDDEN = new String(Edge.genuine(SMUGGLED), StandardCharsets.ISO_8859_1);

	private final Edge edge;

	SmugglingTests(Edge edge) {
		this.edge = edge;
	}

	static Stream<String> ambiguous() {
		List<String> requests = new ArrayList<>();
		// Two lengths, or a length beside chunks.
		for (String framing : new String[] { "Content-Length: 2\r\nContent-Length: 300", "Content-Length: 2, 300",
				"Content-Length: 2 300", "Content-Length: 300\r\nContent-Length: 2",
				"Content-Length: 02\r\nContent-Length: 300", "Content-Length: 2\r\ncontent-length: 300",
				"Content-Length: 1e1", "Content-Length: 2;3", "Content-Length: ", "Content-Length: \u0664",
				"Content_Length: 2\r\nContent-Length : 300", "Content-Length\u0000: 2", "Content-Length:\u000b2",
				"Content-Length: 2\u0000", " Content-Length: 2" }) {
			requests.add(START + framing + "\r\n\r\n{}" + HIDDEN);
		}
		for (String coding : new String[] { "Transfer-Encoding: chunked", "Transfer-Encoding : chunked",
				"Transfer-Encoding:chunked", "Transfer-Encoding:\tchunked", "Transfer-Encoding: \u000bchunked",
				"Transfer-Encoding: chunked\u0000", "Transfer-Encoding: chunked, chunked",
				"Transfer-Encoding: chunked, identity", "Transfer-Encoding: identity, chunked",
				"Transfer-Encoding: gzip, chunked", "Transfer-Encoding: chunked;q=1", "Transfer-Encoding: \"chunked\"",
				"Transfer-Encoding: CHUNKED", "Transfer-Encoding: chunk", "Transfer-Encoding: ",
				"Transfer-Encoding: identity", "Transfer-Encoding: chunked\r\nTransfer-Encoding: identity",
				"Transfer-Encoding: identity\r\nTransfer-Encoding: chunked", "Transfer-Encoding:\r\n chunked",
				"X: y\r\n Transfer-Encoding: chunked", "X: y\rTransfer-Encoding: chunked",
				"X: y\nTransfer-Encoding: chunked", "Transfer_Encoding: chunked", "Transfer-Encoding: ch\u00fcnked" }) {
			requests.add(START + "Content-Length: 2\r\n" + coding + "\r\n\r\n" + CHUNKS + HIDDEN);
			requests.add(START + coding + "\r\nContent-Length: " + (CHUNKS.length() + HIDDEN.length()) + "\r\n\r\n"
					+ CHUNKS + HIDDEN);
		}
		// Chunks whose ends are unclear.
		String chunked = START + "Transfer-Encoding: chunked\r\n\r\n";
		for (String body : new String[] { "2\n{}\r\n0\r\n\r\n", "2\r\n{}\n0\r\n\r\n", "2\r{}\r\n0\r\n\r\n",
				"2;\n{}\r\n0\r\n\r\n", "2;a\nxx\r\n" + CHUNKS, "2;a=\"\r\n\"\r\n" + CHUNKS, "2 \r\n{}\r\n0\r\n\r\n",
				" 2\r\n{}\r\n0\r\n\r\n", "2\t\r\n{}\r\n0\r\n\r\n", "0x2\r\n{}\r\n0\r\n\r\n", "+2\r\n{}\r\n0\r\n\r\n",
				"2_\r\n{}\r\n0\r\n\r\n", "\r\n2\r\n{}\r\n0\r\n\r\n", "2\r\n{}0\r\n\r\n", "2\r\n{}\r\n0\r\n",
				"2\r\n{}\r\n0\n\n", "2\r\n{}\r\n0\r\nX\r\n\r\n", "2\r\n{}\r\n0\r\nX: y\n\n",
				"100000002\r\n{}\r\n0\r\n\r\n", "ffffffffffffffff\r\n{}\r\n", "7fffffff\r\n{}\r\n",
				"80000000\r\n{}\r\n", "fffffffe\r\n{}\r\n", "00000000000000000000000000000002\r\n{}\r\n0\r\n\r\n" }) {
			requests.add(chunked + body + HIDDEN);
		}
		// Lines, versions and targets.
		for (String line : new String[] { "GET http://h/webhook HTTP/1.1", "POST http://h/webhook HTTP/1.1",
				"POST //h/webhook HTTP/1.1", "POST /webhook HTTP/1.1 HTTP/1.1", "POST /webhook  HTTP/1.1",
				"POST\t/webhook\tHTTP/1.1", "POST /webhook", "GET /webhook", "POST /webhook HTTP/0.9",
				"POST /webhook HTTP/1.0", "POST /webhook HTTP/1.2", "POST /webhook HTTP/2.0", "POST /webhook http/1.1",
				"POST /webhook\u0000 HTTP/1.1", "\u0000POST /webhook HTTP/1.1", "POST /webhook# HTTP/1.1",
				"POST * HTTP/1.1", "OPTIONS * HTTP/1.1", "TRACE /webhook HTTP/1.1", "HEAD /webhook HTTP/1.1",
				"PRI * HTTP/2.0" }) {
			requests.add(line + "\r\nHost: h\r\nContent-Length: " + HIDDEN.length() + "\r\n\r\n" + HIDDEN);
		}
		requests.add("PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n" + HIDDEN);
		requests.add(START + "Upgrade: h2c\r\nConnection: Upgrade, HTTP2-Settings\r\nHTTP2-Settings: AAMAAABk\r\n"
				+ "Content-Length: " + HIDDEN.length() + "\r\n\r\n" + HIDDEN);
		requests.add(START + "Expect: 100-continue\r\nContent-Length: " + HIDDEN.length() + "\r\n\r\n" + HIDDEN);
		requests.add(START + "Connection: Content-Length\r\nContent-Length: " + HIDDEN.length() + "\r\n\r\n" + HIDDEN);
		return requests.stream();
	}

	@ParameterizedTest
	@MethodSource("ambiguous")
	@Timeout(10)
	void executesNothingThatHides(String request) throws IOException {
		for (boolean used : new boolean[] { false, true }) {
			this.edge.buffer().reset();
			try (RawClient client = this.edge.connect()) {
				if (used) {
					client.write(Edge.genuine("{\"first\":1}"));
					assertThat(client.read().status()).isEqualTo(200);
				}
				client.tryWrite(request.getBytes(StandardCharsets.ISO_8859_1));
				client.finishWriting();
				Reply reply = client.read();
				while (reply.status() == 100) {
					reply = client.read();
				}
				assertThat(reply.status()).isIn(Set.of(0, 200, 400, 401, 404, 405, 408, 413, 501, 505));
				drain(client);
			}
			assertThat(bodies()).doesNotContain(SMUGGLED);
			assertThat(bodies().stream().filter((body) -> !body.contains("first"))).allMatch("{}"::equals);
		}
	}

	/// To the end, so that whatever is to be executed has been.
	private static void drain(RawClient client) throws IOException {
		try {
			while (!client.isClosed()) {
				continue;
			}
		}
		catch (SocketTimeoutException ex) {
			throw new AssertionError("neither answered nor closed", ex);
		}
	}

	private List<String> bodies() {
		return this.edge.buffer().held.stream()
			.map((copy) -> new String(copy.delivery().body(), StandardCharsets.UTF_8))
			.toList();
	}

}
