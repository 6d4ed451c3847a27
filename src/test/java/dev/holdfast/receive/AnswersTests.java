package dev.holdfast.receive;

import java.io.IOException;
import java.nio.file.Files;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.stream.Stream;

import dev.holdfast.buffer.DeliveryBuffer.Cause;
import dev.holdfast.buffer.DeliveryBuffer.NotHeldException;
import dev.holdfast.delivery.Copy;
import dev.holdfast.receive.RawClient.Reply;
import dev.holdfast.schedule.Scheduler;
import dev.holdfast.telemetry.Meters;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

import org.springframework.mock.web.MockHttpServletRequest;
import org.springframework.mock.web.MockHttpServletResponse;

import static org.assertj.core.api.Assertions.assertThat;

/// The table of answers, each row over a socket.
@ExtendWith(Edge.Extension.class)
class AnswersTests {

	private final Edge edge;

	private double before;

	AnswersTests(Edge edge) {
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

	@Test
	void acceptsAGenuineDeliveryOnceItIsHeld() throws IOException {
		Reply reply = this.edge.send(Edge.genuine("{\"id\":1}", "Accept: */*", "Holdfast-Run: 7"));
		assertThat(reply.status()).isEqualTo(200);
		assertThat(reply.body()).isEqualTo("Webhook received and buffered");
		assertThat(reply.headers()).doesNotContainKeys("server", "connection", "set-cookie", "x-powered-by");
		Copy copy = this.edge.onlyCopy();
		assertThat(copy.delivery().body()).isEqualTo(Edge.bytes("{\"id\":1}"));
		assertThat(copy.delivery().topic().value()).isEqualTo("orders/create");
		assertThat(copy.envelope().verifiedBy()).isEqualTo("first");
		assertThat(copy.delivery().headers().lines())
			.extracting((header) -> header.name().toLowerCase(java.util.Locale.ROOT))
			.containsExactlyInAnyOrder("content-type", "x-shopify-topic", "x-shopify-shop-domain",
					"x-shopify-webhook-id", "x-shopify-hmac-sha256");
	}

	@Test
	void acceptsTheEventsFamilyAndLetsItWin() throws IOException {
		byte[] body = Edge.bytes("{}");
		String head = Edge.headers("shopify-", Edge.sign(body), body.length, "X-Shopify-Topic: other/topic",
				"X-Shopify-Hmac-Sha256: AAAA");
		assertThat(this.edge.send(Edge.request(body, head)).status()).isEqualTo(200);
		assertThat(this.edge.onlyCopy().delivery().topic().value()).isEqualTo("orders/create");
	}

	@Test
	void keepsTheConnectionForTheNextDelivery() throws IOException {
		try (RawClient client = this.edge.connect()) {
			for (int i = 0; i < 3; i++) {
				client.write(Edge.genuine("{\"n\":" + i + "}"));
				assertThat(client.read().status()).isEqualTo(200);
			}
			client.write(Edge.request(Edge.bytes("{}"), Edge.headers("X-Shopify-", Edge.sign(Edge.bytes("x")), 2)));
			assertThat(client.read().status()).isEqualTo(401);
			client.write(Edge.genuine("{}"));
			assertThat(client.read().status()).isEqualTo(200);
		}
		assertThat(this.edge.buffer().held).hasSize(4);
	}

	@Test
	void refusesADeliveryWithoutSignature() throws IOException {
		Reply reply = this.edge
			.send("POST /webhook HTTP/1.1\r\nHost: h\r\nX-Shopify-Topic: a/b\r\n" + "Content-Length: 2\r\n\r\n{}");
		assertThat(reply.status()).isEqualTo(400);
		assertThat(reply.body()).isEqualTo("Signature missing");
	}

	static Stream<String> badSignatures() {
		String genuine = Edge.sign(Edge.bytes("{}"));
		return Stream.of("AAAA", "", "é".repeat(44), "!".repeat(44), genuine + genuine, genuine.substring(0, 43),
				genuine.replace('=', 'A'), genuine + "," + genuine, genuine + "\r\nX-Shopify-Hmac-Sha256: " + genuine,
				genuine + "\r\nx-shopify-hmac-sha256: AAAA", Edge.sign(Edge.bytes("{} ")),
				Edge.sign(Edge.bytes("{}"), "shpss_another-secret-0123456789"), "A".repeat(4000));
	}

	@ParameterizedTest
	@MethodSource("badSignatures")
	void refusesEveryBadSignatureAlike(String signature) throws IOException {
		Reply reply = this.edge.send(Edge.request(Edge.bytes("{}"), Edge.headers("X-Shopify-", signature, 2)));
		assertThat(reply.status()).isEqualTo(401);
		assertThat(reply.body()).isEqualTo("Unauthorized");
		assertThat(reply.headers().keySet()).containsExactlyInAnyOrder("content-type", "content-length", "date");
		assertThat(this.edge.buffer().held).isEmpty();
	}

	@Test
	void judgesTheSignatureBeforeTheTopic() throws IOException {
		String head = "POST /webhook HTTP/1.1\r\nHost: h\r\nContent-Length: 2\r\nX-Shopify-Hmac-Sha256: ";
		assertThat(this.edge.send(head + Edge.sign(Edge.bytes("no")) + "\r\n\r\n{}").status()).isEqualTo(401);
		Reply reply = this.edge.send(head + Edge.sign(Edge.bytes("{}")) + "\r\n\r\n{}");
		assertThat(reply.status()).isEqualTo(400);
		assertThat(reply.body()).isEqualTo("Topic missing");
		assertThat(this.edge.buffer().held).isEmpty();
	}

	@ParameterizedTest
	@EnumSource(Cause.class)
	void asksForARepeatWhenTheBufferDoesNotHold(Cause cause) throws IOException {
		this.edge.buffer().behave((copy, deadline, slow) -> {
			throw new NotHeldException(cause);
		});
		double counted = this.edge.refused(Answer.notHeld(cause));
		Reply reply = this.edge.send(Edge.genuine("{}"));
		assertThat(reply.status()).isEqualTo(503);
		assertThat(reply.headers()).containsEntry("retry-after", "1");
		assertThat(this.edge.refused(Answer.notHeld(cause))).isEqualTo(counted + 1);
	}

	@Test
	void givesTheBufferUntilFourSecondsAfterTheHeaders() throws IOException {
		AtomicLong left = new AtomicLong();
		Scheduler scheduler = this.edge.bean(Scheduler.class);
		this.edge.buffer().behave((copy, deadline, slow) -> left.set(deadline - scheduler.nanoTime()));
		this.edge.send(Edge.genuine("{}"));
		assertThat(left.get()).isBetween(TimeUnit.MILLISECONDS.toNanos(3000), TimeUnit.MILLISECONDS.toNanos(3900));
	}

	@Test
	void givesItsTurnBackWhileTheStoreIsSlow() throws Exception {
		this.edge.buffer().behave((copy, deadline, slow) -> slow.run());
		byte[] body = Edge.bytes("{}");
		MockHttpServletRequest request = new MockHttpServletRequest("POST", WebhookServlet.PATH);
		request.addHeader("X-Shopify-Topic", "orders/create");
		request.addHeader("X-Shopify-Hmac-Sha256", Edge.sign(body));
		request.setContent(body);
		Places turns = new Places(1);
		ScopedValue.where(EdgeChannel.TURN, turns.take(in(Duration.ZERO))).call(() -> {
			this.edge.servlet().service(request, new MockHttpServletResponse());
			return null;
		});
		CompletableFuture.supplyAsync(() -> turns.take(in(Duration.ofMinutes(1)))).get(10, TimeUnit.SECONDS).close();
	}

	private static long in(Duration time) {
		return System.nanoTime() + time.toNanos();
	}

	@Test
	void saysNothingOfAnUnexpectedFailure() throws IOException {
		this.edge.buffer().behave((copy, deadline, slow) -> {
			throw new IllegalStateException("inner matters");
		});
		Reply reply = this.edge.send(Edge.genuine("{}"));
		assertThat(reply.status()).isEqualTo(500);
		assertThat(reply.body()).isEqualTo("Internal error");
		assertThat(reply.closes()).isTrue();
	}

	@ParameterizedTest
	@ValueSource(strings = { "GET", "HEAD", "PUT", "DELETE", "PATCH", "OPTIONS", "FROB", "TRACE" })
	void refusesAnyOtherMethod(String method) throws IOException {
		this.edge.send(Edge.genuine("{}"));
		Reply reply = this.edge.send(method + " /webhook HTTP/1.1\r\nHost: h\r\nOrigin: https://evil.example\r\n"
				+ "Access-Control-Request-Method: POST\r\nX-HTTP-Method-Override: POST\r\nCookie: a=canary\r\n\r\n");
		assertThat(reply.status()).isEqualTo(405);
		assertThat(reply.headers().get("allow")).contains("POST");
		assertThat(reply.headers().keySet()).noneMatch((name) -> name.startsWith("access-control"));
		assertThat(reply.body()).doesNotContain("canary");
	}

	@ParameterizedTest
	@ValueSource(strings = { "../../etc/passwd", "${jndi:ldap://evil.example/a}", "\u001b[31mred",
			"%0d%0aSet-Cookie: a=b", "orders/cr\u00e9ate", "'; DROP TABLE x", "" })
	void storesOddHeadersUntouched(String odd) throws IOException {
		byte[] body = Edge.bytes("not json");
		String head = Edge.headers("X-Shopify-", Edge.sign(body), body.length)
			.replace("orders/create", odd)
			.replace("example.myshopify.com", odd)
			.replace("b54557e4", odd);
		// Tomcat refuses control characters in a header before anybody sees them.
		boolean control = odd.chars().anyMatch((c) -> c < ' ');
		assertThat(this.edge.send(Edge.request(body, head)).status()).isEqualTo(control ? 400 : 200);
		if (control) {
			this.edge.send(Edge.genuine("{}"));
			return;
		}
		String stored = new String(odd.getBytes(java.nio.charset.StandardCharsets.UTF_8),
				java.nio.charset.StandardCharsets.ISO_8859_1);
		assertThat(this.edge.onlyCopy().delivery().topic().value()).isEqualTo(stored);
		assertThat(this.edge.onlyCopy().delivery().shopDomain().value()).isEqualTo(stored);
		assertThat(this.edge.onlyCopy().delivery().id().value()).isEqualTo(stored);
	}

	@Test
	void storesLongAndRepeatedHeaders() throws IOException {
		String longValue = "x".repeat(4096);
		assertThat(this.edge.send(Edge.genuine("{}", "X-Shopify-Extra: " + longValue, "X-Shopify-Topic: again/topic"))
			.status()).isEqualTo(200);
		assertThat(this.edge.onlyCopy().delivery().headers().single("X-Shopify-Extra")).isEqualTo(longValue);
		assertThat(this.edge.onlyCopy().delivery().topic().value()).isEmpty();
	}

	@Test
	void ignoresWhatAProxyClaims() throws IOException {
		assertThat(this.edge
			.send(Edge.genuine("{}", "X-Forwarded-For: 1.2.3.4, 5.6.7.8", "X-Forwarded-Proto: https",
					"X-Forwarded-Host: other", "Forwarded: for=1.2.3.4", "X-Real-IP: 9.9.9.9",
					"X-HTTP-Method-Override: DELETE", "X-Forwarded-Prefix: /x"))
			.status()).isEqualTo(200);
	}

	@Test
	void acceptsBothSecretsWhileOneIsRotated() throws IOException {
		String newSecret = "shpss_the-new-secret-0123456789";
		SecretSource secrets = this.edge.bean(SecretSource.class);
		byte[] body = Edge.bytes("{}");
		byte[] signedWithNew = Edge.request(body, Edge.headers("X-Shopify-", Edge.sign(body, newSecret), 2));
		assertThat(this.edge.send(signedWithNew).status()).isEqualTo(401);
		Files.writeString(this.edge.secrets.resolve("second"), newSecret);
		secrets.refresh();
		assertThat(this.edge.send(signedWithNew).status()).isEqualTo(200);
		assertThat(this.edge.send(Edge.genuine("{}")).status()).isEqualTo(200);
		assertThat(this.edge.buffer().held).extracting((copy) -> copy.envelope().verifiedBy())
			.containsExactly("second", "first");
		Files.delete(this.edge.secrets.resolve("second"));
		secrets.refresh();
		assertThat(this.edge.send(signedWithNew).status()).isEqualTo(401);
	}

}
