package dev.holdfast.delivery;

import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.util.Base64;

/// What decides whether two deliveries are the same: SHA-256 over shop, topic, delivery id
/// and the body's SHA-256, each with its length before it. Only what agrees in all four is
/// a duplicate, because ids are not signed: a forged first arrival with a guessed id must
/// not be able to swallow the genuine delivery.
///
/// @param value 43 characters, base64url
public record Identity(String value) {

	private static final Base64.Encoder ENCODER = Base64.getUrlEncoder().withoutPadding();

	public static Identity of(Delivery delivery) {
		MessageDigest digest = Sha256.digest();
		update(digest, delivery.shopDomain().value().getBytes(StandardCharsets.UTF_8));
		update(digest, delivery.topic().value().getBytes(StandardCharsets.UTF_8));
		update(digest, delivery.id().value().getBytes(StandardCharsets.UTF_8));
		update(digest, delivery.bodySha256());
		return new Identity(ENCODER.encodeToString(digest.digest()));
	}

	private static void update(MessageDigest digest, byte[] part) {
		int length = part.length;
		digest.update((byte) (length >>> 24));
		digest.update((byte) (length >>> 16));
		digest.update((byte) (length >>> 8));
		digest.update((byte) length);
		digest.update(part);
	}

}
