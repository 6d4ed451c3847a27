package dev.holdfast.delivery;

import java.util.regex.Pattern;

/// Shopify's id of a delivery (`X-Shopify-Webhook-Id`), the same over its redeliveries;
/// empty where there was none. Shopify does not sign it.
public record DeliveryId(String value) {

	private static final Pattern WELL_FORMED = Pattern.compile("[A-Za-z0-9_-]{1,64}");

	/// The id where it is safe to print, else `-`.
	public String printable() {
		return WELL_FORMED.matcher(this.value).matches() ? this.value : "-";
	}

}
