package dev.holdfast.buffer;

import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.List;
import java.util.Random;

import dev.holdfast.delivery.Copy;
import dev.holdfast.delivery.Delivery;
import dev.holdfast.delivery.Envelope;
import dev.holdfast.delivery.Headers;

/// Copies to store, and their stored form.
final class Copies {

	static final Instant TIME = Instant.parse("2026-11-20T02:19:29.123456Z");

	private Copies() {
	}

	static Copy of(String id) {
		return of(id, ("{\"id\":\"" + id + "\"}").getBytes(StandardCharsets.UTF_8));
	}

	static Copy of(String id, byte[] body) {
		return new Copy(
				Delivery.of(Headers.of("Content-Type", "application/json", "X-Shopify-Topic", "orders/create",
						"X-Shopify-Hmac-Sha256", "AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8=",
						"X-Shopify-Shop-Domain", "a.myshopify.com", "X-Shopify-Webhook-Id", id), body),
				Envelope.received(TIME, "current"));
	}

	static byte[] bytes(List<Copy> copies) {
		return SegmentEncoder.payload(copies.stream().map(SegmentEncoder::encode).toList()).toBytes();
	}

	static SegmentKey key(int deliveries, long bytes) {
		return SegmentKey.create(SegmentKey.INBOX, TIME, new Random(1), deliveries, bytes, false);
	}

	static Decoded decode(byte[] bytes, int deliveries) {
		return SegmentDecoder.decode(key(deliveries, bytes.length), bytes);
	}

	/// Whether a copy is what was stored; records compare arrays by identity.
	static boolean same(Copy a, Copy b) {
		return a.envelope().equals(b.envelope()) && a.delivery().headers().equals(b.delivery().headers())
				&& java.util.Arrays.equals(a.delivery().body(), b.delivery().body())
				&& java.util.Arrays.equals(a.delivery().bodySha256(), b.delivery().bodySha256());
	}

}
