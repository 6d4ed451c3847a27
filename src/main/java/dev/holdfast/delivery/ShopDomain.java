package dev.holdfast.delivery;

import java.util.regex.Pattern;

/// A shop's domain such as `example.myshopify.com`, as the header said it; empty where
/// there was none. Shopify does not sign it.
public record ShopDomain(String value) {

	private static final Pattern WELL_FORMED = Pattern
		.compile("[a-z0-9][a-z0-9-]{0,62}(\\.[a-z0-9][a-z0-9-]{0,62}){1,4}");

	public boolean isWellFormed() {
		return WELL_FORMED.matcher(this.value).matches();
	}

	/// The domain where it is safe to print, else `-`.
	public String printable() {
		return isWellFormed() ? this.value : "-";
	}

}
