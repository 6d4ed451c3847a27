package dev.holdfast.delivery;

import java.util.Objects;

/// What Shopify sent: the kept headers and the raw body, byte for byte as it was signed.
///
/// The body's array is shared, not copied: nobody may write to it.
///
/// @param headers the kept headers, see [HeaderFamily#keeps]
/// @param body the raw body
/// @param bodySha256 the SHA-256 of the body
@SuppressWarnings("ArrayRecordComponent")
public record Delivery(Headers headers, byte[] body, byte[] bodySha256) {

	public static Delivery of(Headers headers, byte[] body) {
		return new Delivery(headers, body, Sha256.of(body));
	}

	public Topic topic() {
		return new Topic(header(family().topic()));
	}

	public ShopDomain shopDomain() {
		return new ShopDomain(header(family().shopDomain()));
	}

	public DeliveryId id() {
		return new DeliveryId(header(family().deliveryId()));
	}

	/// The id of the merchant's action, shared by all deliveries that follow from it;
	/// empty where there was none.
	public String eventId() {
		return header(family().eventId());
	}

	private HeaderFamily family() {
		return HeaderFamily.of(this.headers);
	}

	private String header(String name) {
		return Objects.requireNonNullElse(this.headers.single(name), "");
	}

	@Override
	public String toString() {
		return "Delivery[" + topic().printable() + ", " + id().printable() + ", " + this.body.length + " bytes]";
	}

}
