package dev.holdfast.delivery;

import java.time.Instant;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

import static org.assertj.core.api.Assertions.assertThat;

/// What a header says reaches a key, a tag or a log line only through an allow-list.
class PrintableTests {

	static String[] hostile() {
		return new String[] { "", " ", "../../inbox", "orders/../create", "/orders", "orders/", "orders//create",
				"${jndi:ldap://evil/a}", "\u001b[31mred", "orders\r\nX-Evil: 1", "a\u0000b", "orders create",
				"a".repeat(4096), "a/".repeat(2048) + "a", "órders/create", "orders\u202ecreate", "😀", "%2e%2e", "-",
				"a\\b", "<script>", "'; DROP TABLE" };
	}

	@ParameterizedTest
	@MethodSource("hostile")
	void printsNoHostileTopicShopOrId(String value) {
		assertThat(new Topic(value).printable()).isEqualTo("-");
		assertThat(new ShopDomain(value).printable()).isEqualTo("-");
		String id = new DeliveryId(value).printable();
		assertThat(id).isEqualTo("-");
	}

	@ParameterizedTest
	@ValueSource(strings = { "orders/create", "ORDERS_CREATE", "a.b/c.d/e", "metaobjects/create", "a/b/c/d" })
	void printsATopic(String value) {
		assertThat(new Topic(value).printable()).isEqualTo(value);
		assertThat(new Topic(value).isWellFormed()).isTrue();
	}

	@Test
	void printsATopicUpToItsLongest() {
		assertThat(new Topic("a".repeat(128)).isWellFormed()).isTrue();
		assertThat(new Topic("a".repeat(129)).isWellFormed()).isFalse();
		assertThat(new Topic("a/b/c/d/e").isWellFormed()).isFalse();
	}

	@ParameterizedTest
	@ValueSource(strings = { "example.myshopify.com", "0-1.myshopify.com", "a.b" })
	void printsAShop(String value) {
		assertThat(new ShopDomain(value).printable()).isEqualTo(value);
	}

	@ParameterizedTest
	@ValueSource(strings = { "localhost", "A.myshopify.com", "-a.b", "a..b", ".a.b", "a.b.", "a.b:80", "a@b.c" })
	void printsNoOtherShop(String value) {
		assertThat(new ShopDomain(value).printable()).isEqualTo("-");
	}

	@Test
	void printsAnId() {
		String id = "b54557e4-bdd9-4b37-8a5f-bf7d70bcd043";
		assertThat(new DeliveryId(id).printable()).isEqualTo(id);
		assertThat(new DeliveryId("a".repeat(64)).printable()).hasSize(64);
		assertThat(new DeliveryId("a".repeat(65)).printable()).isEqualTo("-");
	}

	@ParameterizedTest
	@CsvSource({ "orders/create, orders/create, true", "orders/create, orders/*, true", "orders/create, *, true",
			"'', *, true", "ordersx/create, orders/*, false", "orders, orders/*, false",
			"orders/create, orders/creat, false", "Orders/create, orders/*, false", "orders/create, */create, false",
			"orders/create, order*, true" })
	void matchesAPattern(String topic, String pattern, boolean matches) {
		assertThat(new Topic(topic).matches(pattern)).isEqualTo(matches);
	}

	@ParameterizedTest
	@CsvSource(value = { "plain|plain", "'  two words  '|two words", "'a\u001b[31mb'|a?[31mb", "'ü€😀'|????" },
			delimiter = '|')
	void keepsTheErrorOfAFailureInPrintableAscii(String error, String kept) {
		assertThat(new Envelope.Failure(Instant.EPOCH, "failed", error).error()).isEqualTo(kept);
	}

	@Test
	void cutsTheErrorOfAFailureAndKeepsItOnOneLine() {
		assertThat(new Envelope.Failure(Instant.EPOCH, "failed", "x".repeat(10_000)).error()).hasSize(200);
		assertThat(new Envelope.Failure(Instant.EPOCH, "failed", "a\r\nHoldfast-Run: 7\u0000\u007f").error())
			.isEqualTo("a??Holdfast-Run: 7??");
	}

	@Test
	void showsNothingOfADeliveryButWhatIsPrintable() {
		Delivery delivery = Delivery.of(
				Headers.of("X-Shopify-Topic", "${jndi:x}", "X-Shopify-Webhook-Id", "id-1", "X-Shopify-Secret", "hush"),
				"secret body".getBytes(java.nio.charset.StandardCharsets.US_ASCII));
		assertThat(delivery).hasToString("Delivery[-, id-1, 11 bytes]");
	}

}
