package dev.holdfast.delivery;

/// The header names of one dialect. All header names of the platforms that Holdfast
/// understands are here, so that another platform is one more constant.
///
/// Source: Shopify, "Webhook delivery structure"; `Shopify/shopify-app-js`,
/// `packages/apps/shopify-api/lib/types.ts`.
public enum HeaderFamily {

	/// Next-Gen Events. It wins where a request carries both families, as in Shopify's
	/// own library.
	EVENTS("shopify-"),

	/// Classic webhooks.
	CLASSIC("X-Shopify-");

	private final String signature;

	private final String topic;

	private final String shopDomain;

	private final String deliveryId;

	private final String eventId;

	HeaderFamily(String prefix) {
		this.signature = prefix + "Hmac-Sha256";
		this.topic = prefix + "Topic";
		this.shopDomain = prefix + "Shop-Domain";
		this.deliveryId = prefix + "Webhook-Id";
		this.eventId = prefix + "Event-Id";
	}

	/// The family whose signature header is present; the classic one if neither is.
	public static HeaderFamily of(Headers headers) {
		return headers.contains(EVENTS.signature) ? EVENTS : CLASSIC;
	}

	/// Whether a received header is kept with the delivery.
	public static boolean keeps(String headerName) {
		return headerName.regionMatches(true, 0, "X-Shopify-", 0, 10)
				|| headerName.regionMatches(true, 0, "shopify-", 0, 8) || headerName.equalsIgnoreCase("Content-Type");
	}

	public String signature() {
		return this.signature;
	}

	public String topic() {
		return this.topic;
	}

	public String shopDomain() {
		return this.shopDomain;
	}

	public String deliveryId() {
		return this.deliveryId;
	}

	public String eventId() {
		return this.eventId;
	}

}
