package dev.holdfast.bench;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.Random;

import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;

import dev.holdfast.delivery.Sha256;

/// Deliveries in Shopify's shapes: 1 to 60 KB with a median of 8, several topics and shops,
/// the same bytes on every machine. Each is signed once; a fresh id needs no new signature,
/// because only the body is signed.
final class Payloads {

	static final String SECRET = "shpss_of_the_benchmark";

	/// A delivery's number is the end of its ids.
	static final String WEBHOOK_ID = "b0b0b0b0-0000-4000-8000-";

	static final String EVENT_ID = "e0e0e0e0-0000-4000-8000-";

	private static final int DIGITS = 12;

	private static final int COUNT = 2000;

	private static final double MEDIAN = 8 << 10;

	private static final double SPREAD = 0.75;

	private static final int SHORTEST = 1 << 10;

	private static final int LONGEST = 60 << 10;

	private static final List<String> TOPICS = List.of("orders/create", "orders/create", "orders/updated",
			"orders/paid", "products/update", "products/update", "customers/update", "inventory_levels/update",
			"fulfillments/create", "app/uninstalled");

	private static final List<String> WORDS = List.of("cotton", "Größe", "small", "naïve", "京都", "blue", "pack of two",
			"\\u0026 more", "gift", "vintage", "100 %", "ships in two days");

	private static final String BEFORE_ID = "POST /webhook HTTP/1.1\r\nHost: 127.0.0.1\r\nX-Shopify-Webhook-Id: "
			+ WEBHOOK_ID;

	private static final String BETWEEN_IDS = "\r\nX-Shopify-Event-Id: " + EVENT_ID;

	private static final int WEBHOOK_ID_AT = BEFORE_ID.length();

	private static final int EVENT_ID_AT = WEBHOOK_ID_AT + DIGITS + BETWEEN_IDS.length();

	static final int LONGEST_HEAD = 1024;

	private final List<Payload> payloads = new ArrayList<>();

	Payloads() {
		Random random = new Random(42);
		for (int i = 0; i < COUNT; i++) {
			double length = MEDIAN * Math.exp(SPREAD * random.nextGaussian());
			byte[] body = body((int) Math.clamp(length, SHORTEST, LONGEST - 200), random);
			String topic = TOPICS.get(random.nextInt(TOPICS.size()));
			this.payloads.add(Payload.of(topic, "shop-" + random.nextInt(40) + ".myshopify.com", body));
		}
	}

	private static byte[] body(int length, Random random) {
		StringBuilder json = new StringBuilder(length);
		json.append("{\"id\":").append(random.nextLong(Long.MAX_VALUE)).append(",\"line_items\":[");
		int letters = length - length / 20;
		while (json.length() < letters) {
			json.append("{\"id\":").append(random.nextLong(Long.MAX_VALUE)).append(",\"title\":\"");
			for (int i = 0; i < 4; i++) {
				json.append(WORDS.get(random.nextInt(WORDS.size()))).append(' ');
			}
			json.append("\",\"price\":\"").append(random.nextInt(1000)).append(".95\",\"sku\":null},");
		}
		json.setCharAt(json.length() - 1, ']');
		return json.append(",\"test\":false}").toString().getBytes(StandardCharsets.UTF_8);
	}

	/// What the delivery with this number carries.
	Payload of(int number) {
		return this.payloads.get((int) ((number * 0x9E3779B97F4A7C15L >>> 33) % COUNT));
	}

	static String id(String prefix, int number) {
		return prefix + "%012d".formatted(number);
	}

	/// The number of a delivery by its id.
	static int number(String webhookId) {
		return Integer.parseInt(webhookId, WEBHOOK_ID.length(), webhookId.length(), 10);
	}

	/// A delivery without its ids.
	///
	/// @param head of the request, with room for the ids' digits
	/// @param direct the body once more, as it is sent
	@SuppressWarnings("ArrayRecordComponent")
	record Payload(String topic, String shop, String signature, byte[] body, byte[] sha256, byte[] head,
			ByteBuffer direct) {

		static Payload of(String topic, String shop, byte[] body) {
			String signature = sign(body);
			String zeros = "0".repeat(DIGITS);
			String head = BEFORE_ID + zeros + BETWEEN_IDS + zeros + "\r\nContent-Type: application/json"
					+ "\r\nX-Shopify-Topic: " + topic + "\r\nX-Shopify-Shop-Domain: " + shop
					+ "\r\nX-Shopify-Hmac-Sha256: " + signature + "\r\nX-Shopify-API-Version: 2026-10"
					+ "\r\nX-Shopify-Triggered-At: 2026-11-20T06:00:00.123456789Z\r\nUser-Agent: Shopify-Captain-Hook"
					+ "\r\nAccept: */*\r\nContent-Length: " + body.length + "\r\n\r\n";
			ByteBuffer direct = ByteBuffer.allocateDirect(body.length).put(body).flip();
			return new Payload(topic, shop, signature, body, Sha256.of(body), head.getBytes(StandardCharsets.US_ASCII),
					direct);
		}

		private static String sign(byte[] body) {
			try {
				Mac mac = Mac.getInstance("HmacSHA256");
				mac.init(new SecretKeySpec(SECRET.getBytes(StandardCharsets.US_ASCII), "HmacSHA256"));
				return Base64.getEncoder().encodeToString(mac.doFinal(body));
			}
			catch (GeneralSecurityException ex) {
				throw new IllegalStateException(ex);
			}
		}

		/// Writes the head of the request with these ids.
		void head(int number, ByteBuffer to) {
			to.clear().put(this.head).flip();
			int rest = number;
			for (int i = DIGITS - 1; i >= 0; i--) {
				byte digit = (byte) ('0' + rest % 10);
				to.put(WEBHOOK_ID_AT + i, digit).put(EVENT_ID_AT + i, digit);
				rest /= 10;
			}
		}

	}

}
