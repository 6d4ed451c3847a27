package dev.holdfast.receive;

import java.security.InvalidKeyException;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.Base64;
import java.util.List;

import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;

import org.jspecify.annotations.Nullable;

/// The keys that are in force. Immutable and safe for any number of threads.
///
/// A signature is base64 of HMAC-SHA256 over the raw body. All keys are tried in the same
/// time, whichever matches.
///
/// Source: Shopify, "Verify webhook deliveries".
final class KeyRing {

	private static final String ALGORITHM = "HmacSHA256";

	private static final int SIGNATURE_BYTES = 32;

	private static final int SIGNATURE_CHARACTERS = 44;

	private final List<Key> keys;

	KeyRing(List<Key> keys) {
		this.keys = List.copyOf(keys);
	}

	List<Key> keys() {
		return this.keys;
	}

	/// The 32 bytes of a signature, or null if it is anything else.
	static byte @Nullable [] decode(String signature) {
		if (signature.length() != SIGNATURE_CHARACTERS) {
			return null;
		}
		try {
			byte[] bytes = Base64.getDecoder().decode(signature);
			return (bytes.length == SIGNATURE_BYTES) ? bytes : null;
		}
		catch (IllegalArgumentException ex) {
			return null;
		}
	}

	/// The name of the key that signed the body, or null if none did.
	@Nullable String verify(byte[] body, byte[] signature) {
		String verifiedBy = null;
		for (Key key : this.keys) {
			if (MessageDigest.isEqual(key.sign(body), signature)) {
				verifiedBy = key.name();
			}
		}
		return verifiedBy;
	}

	/// A secret with the name it is counted by.
	static final class Key {

		private final String name;

		private final Mac prototype;

		Key(String name, byte[] secret) {
			this.name = name;
			try {
				this.prototype = Mac.getInstance(ALGORITHM);
				this.prototype.init(new SecretKeySpec(secret, ALGORITHM));
			}
			catch (NoSuchAlgorithmException | InvalidKeyException ex) {
				throw new IllegalStateException("every Java platform has " + ALGORITHM, ex);
			}
		}

		String name() {
			return this.name;
		}

		byte[] sign(byte[] body) {
			try {
				return ((Mac) this.prototype.clone()).doFinal(body);
			}
			catch (CloneNotSupportedException ex) {
				throw new IllegalStateException("the platform's " + ALGORITHM + " can be cloned", ex);
			}
		}

		@Override
		public String toString() {
			return this.name;
		}

	}

}
