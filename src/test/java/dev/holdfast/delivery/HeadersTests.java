package dev.holdfast.delivery;

import java.util.ArrayList;
import java.util.List;

import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;

class HeadersTests {

	@Test
	void findsAHeaderWithoutRegardToCase() {
		Headers headers = Headers.of("x-shopify-TOPIC", "orders/create");
		assertThat(headers.single("X-Shopify-Topic")).isEqualTo("orders/create");
		assertThat(headers.contains("X-SHOPIFY-TOPIC")).isTrue();
		assertThat(headers.single("X-Shopify-Topi")).isNull();
		assertThat(headers.contains("X-Shopify-Topics")).isFalse();
	}

	@Test
	void countsARepeatedHeaderAsAbsentEvenIfBothSayTheSame() {
		Headers headers = Headers.of("X-Shopify-Topic", "orders/create", "x-shopify-topic", "orders/create");
		assertThat(headers.single("X-Shopify-Topic")).isNull();
		assertThat(headers.contains("X-Shopify-Topic")).isTrue();
	}

	@Test
	void keepsTheOrderAndCaseOfArrivalAndIsNotChangedFromOutside() {
		List<Header> lines = new ArrayList<>(List.of(new Header("b", "1"), new Header("A", "2")));
		Headers headers = new Headers(lines);
		lines.clear();
		assertThat(headers).containsExactly(new Header("b", "1"), new Header("A", "2"));
	}

	@Test
	void prefersTheFamilyOfEventsWhereBothAreSigned() {
		Headers both = Headers.of("X-Shopify-Hmac-Sha256", "a", "X-Shopify-Topic", "orders/create",
				"X-Shopify-Shop-Domain", "a.myshopify.com", "X-Shopify-Webhook-Id", "1", "shopify-hmac-sha256", "b",
				"shopify-topic", "Order", "shopify-shop-domain", "b.myshopify.com", "shopify-webhook-id", "2",
				"shopify-event-id", "3");
		assertThat(HeaderFamily.of(both)).isEqualTo(HeaderFamily.EVENTS);
		Delivery delivery = Delivery.of(both, new byte[0]);
		assertThat(delivery.topic()).isEqualTo(new Topic("Order"));
		assertThat(delivery.shopDomain()).isEqualTo(new ShopDomain("b.myshopify.com"));
		assertThat(delivery.id()).isEqualTo(new DeliveryId("2"));
		assertThat(delivery.eventId()).isEqualTo("3");
	}

	@Test
	void takesNoHeaderOfTheOtherFamily() {
		Headers mixed = Headers.of("shopify-Hmac-Sha256", "b", "X-Shopify-Topic", "orders/create");
		assertThat(Delivery.of(mixed, new byte[0]).topic()).isEqualTo(new Topic(""));
		assertThat(HeaderFamily.of(Headers.of("X-Shopify-Topic", "orders/create"))).isEqualTo(HeaderFamily.CLASSIC);
		assertThat(HeaderFamily.of(Headers.of())).isEqualTo(HeaderFamily.CLASSIC);
	}

	@Test
	void keepsWhatThePlatformSentAndNothingElse() {
		assertThat(List.of("X-Shopify-Topic", "x-shopify-anything-new", "Shopify-Topic", "content-type"))
			.allMatch(HeaderFamily::keeps);
		assertThat(List.of("Cookie", "Authorization", "Holdfast-Run", "Content-Length", "X-Forwarded-For", "X-Shopif",
				"Content-Type-Options", ""))
			.noneMatch(HeaderFamily::keeps);
	}

}
