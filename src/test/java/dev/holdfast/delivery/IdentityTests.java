package dev.holdfast.delivery;

import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.List;

import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;

class IdentityTests {

	private static final Identity GENUINE = identity("a.myshopify.com", "orders/create", "1", "{}");

	@Test
	void isTheSameForTheSameDeliveryWheneverAndHoweverOftenItComes() {
		Headers again = Headers.of("x-shopify-webhook-id", "1", "X-Shopify-Triggered-At", "later", "X-SHOPIFY-TOPIC",
				"orders/create", "X-Shopify-Shop-Domain", "a.myshopify.com");
		assertThat(Identity.of(Delivery.of(again, "{}".getBytes(StandardCharsets.UTF_8)))).isEqualTo(GENUINE);
	}

	@Test
	void isDecidedByEachOfItsFourParts() {
		assertThat(List.of(GENUINE, identity("b.myshopify.com", "orders/create", "1", "{}"),
				identity("a.myshopify.com", "orders/update", "1", "{}"),
				identity("a.myshopify.com", "orders/create", "2", "{}"),
				identity("a.myshopify.com", "orders/create", "1", "{ }")))
			.doesNotHaveDuplicates();
	}

	@Test
	void doesNotLetCharactersMoveFromOnePartToTheNext() {
		assertThat(
				List.of(identity("ab", "c", "d", "{}"), identity("a", "bc", "d", "{}"), identity("a", "b", "cd", "{}"),
						identity("abc", "", "d", "{}"), identity("", "abcd", "", "{}"), identity("abcd", "", "", "{}")))
			.doesNotHaveDuplicates();
	}

	@Test
	void isNotFooledByWhatLooksLikeALength() {
		String zeros = "\u0000\u0000\u0000";
		assertThat(identity("a" + zeros + "b", "c", "d", "{}"))
			.isNotEqualTo(identity("a", "b" + zeros + "c", "d", "{}"));
	}

	@Test
	void takesAMissingOrRepeatedIdAsEmpty() {
		byte[] body = "{}".getBytes(StandardCharsets.UTF_8);
		Delivery without = Delivery.of(Headers.of("X-Shopify-Topic", "t"), body);
		Delivery twice = Delivery
			.of(Headers.of("X-Shopify-Topic", "t", "X-Shopify-Webhook-Id", "1", "X-Shopify-Webhook-Id", "2"), body);
		assertThat(Identity.of(without)).isEqualTo(Identity.of(twice));
	}

	@Test
	void isSafeInAKey() {
		assertThat(GENUINE.value()).matches("[A-Za-z0-9_-]{43}");
		assertThat(identity("../", "${x}", "ü\u0000", "").value()).matches("[A-Za-z0-9_-]{43}");
	}

	@Test
	void doesNotDependOnTheEnvelope() {
		Envelope first = Envelope.received(Instant.EPOCH, "current");
		Envelope.Failure failure = new Envelope.Failure(Instant.EPOCH, "failed", "x");
		assertThat(first.next(failure)).isEqualTo(new Envelope(Instant.EPOCH, "current", 0, 1, null, failure));
		assertThat(first.with(failure)).isEqualTo(new Envelope(Instant.EPOCH, "current", 0, 0, null, failure));
		assertThat(first.forHandler("mail").next(failure).replay())
			.isEqualTo(new Envelope(Instant.EPOCH, "current", 1, 0, "mail", null));
	}

	private static Identity identity(String shop, String topic, String id, String body) {
		return Identity.of(Delivery.of(
				Headers.of("X-Shopify-Shop-Domain", shop, "X-Shopify-Topic", topic, "X-Shopify-Webhook-Id", id),
				body.getBytes(StandardCharsets.UTF_8)));
	}

}
