package dev.holdfast.bench;

import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;

import dev.holdfast.buffer.NoStore;
import dev.holdfast.buffer.Payload;
import dev.holdfast.buffer.SegmentKey;
import dev.holdfast.buffer.SegmentWriter;
import dev.holdfast.buffer.StoreException;
import dev.holdfast.delivery.Copy;
import dev.holdfast.delivery.Delivery;
import dev.holdfast.delivery.Envelope;
import dev.holdfast.delivery.Headers;

/// Deliveries that wait in a bucket when the service starts. Their segments are made anew
/// when they are read, so that a million of them take no memory here.
final class Backlog {

	private final Payloads payloads;

	private final StubBucket bucket;

	private final Random random = new Random(5);

	Backlog(Payloads payloads, StubBucket bucket) {
		this.payloads = payloads;
		this.bucket = bucket;
	}

	/// Puts so many deliveries into the bucket.
	/// @param each how many share a segment
	void fill(Journal journal, int deliveries, int each, Progress progress) {
		Instant received = Instant.now();
		int first = journal.stored(deliveries);
		for (int i = 0; i < deliveries; i += each) {
			progress.show(i + " of " + deliveries + " deliveries");
			int from = first + i;
			int count = Math.min(each, deliveries - i);
			Segment segment = segment(from, count, received);
			this.bucket.put(segment.key.objectKey(), () -> segment(from, count, received).payload.toBytes(),
					segment.payload.length(), "not-an-md5");
		}
	}

	private Segment segment(int from, int count, Instant received) {
		List<Copy> copies = new ArrayList<>();
		for (int number = from; number < from + count; number++) {
			Payloads.Payload payload = this.payloads.of(number);
			Headers headers = Headers.of("X-Shopify-Webhook-Id", Payloads.id(Payloads.WEBHOOK_ID, number),
					"X-Shopify-Event-Id", Payloads.id(Payloads.EVENT_ID, number), "Content-Type", "application/json",
					"X-Shopify-Topic", payload.topic(), "X-Shopify-Shop-Domain", payload.shop(),
					"X-Shopify-Hmac-Sha256", payload.signature(), "X-Shopify-API-Version", "2026-10");
			copies.add(new Copy(new Delivery(headers, payload.body(), payload.sha256()),
					Envelope.received(received, "current")));
		}
		try {
			Taker taker = new Taker();
			SegmentKey key = new SegmentWriter(taker, this.random).write(SegmentKey.INBOX, received, copies);
			return new Segment(key, taker.payload);
		}
		catch (StoreException ex) {
			throw new IllegalStateException(ex);
		}
	}

	private record Segment(SegmentKey key, Payload payload) {
	}

	/// Takes what is written.
	private static final class Taker extends NoStore {

		private Payload payload = Payload.of(new byte[0]);

		@Override
		public void put(String key, Payload payload, Duration atMost) {
			this.payload = payload;
		}

	}

}
