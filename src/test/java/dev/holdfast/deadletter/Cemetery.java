package dev.holdfast.deadletter;

import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;

import dev.holdfast.buffer.MemoryObjectStore;
import dev.holdfast.buffer.Payload;
import dev.holdfast.buffer.ForeignObjects;
import dev.holdfast.buffer.SegmentDecoder;
import dev.holdfast.buffer.SegmentKey;
import dev.holdfast.buffer.SegmentWriter;
import dev.holdfast.buffer.StoreClock;
import dev.holdfast.buffer.StoreException;
import dev.holdfast.delivery.Copy;
import dev.holdfast.delivery.Delivery;
import dev.holdfast.delivery.Envelope;
import dev.holdfast.delivery.Header;
import dev.holdfast.delivery.Headers;
import dev.holdfast.schedule.Scheduler;
import dev.holdfast.schedule.SystemScheduler;
import dev.holdfast.telemetry.Conditions;
import dev.holdfast.telemetry.Meters;
import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;

import org.springframework.boot.actuate.endpoint.web.WebEndpointResponse;

/// Dead letters in memory, and the endpoint over them.
final class Cemetery implements AutoCloseable {

	static final String SHOP = "example.myshopify.com";

	static final String PAYLOAD = "{\"email\":\"canary@example.com\"}";

	final MemoryObjectStore store = new MemoryObjectStore();

	final FakeLedger ledger = new FakeLedger();

	final SimpleMeterRegistry meters = new SimpleMeterRegistry();

	final Conditions conditions = new Conditions(this.meters);

	private final SystemScheduler scheduler = new SystemScheduler();

	private final StoreClock clock = new StoreClock(this.scheduler, this.conditions);

	private final SegmentWriter writer = new SegmentWriter(this.store, new Random(1));

	final Discards discards = new Discards(this.store, this.meters);

	final DeadLettersEndpoint endpoint = new DeadLettersEndpoint(this.store,
			new Search(this.store, this.clock, this.scheduler),
			new Replays(this.store, this.writer, this.ledger, this.clock, this.meters), this.discards);

	static Copy copy(String shop, String topic, String id, String reason) {
		Headers headers = new Headers(List.of(new Header("X-Shopify-Shop-Domain", shop),
				new Header("X-Shopify-Topic", topic), new Header("X-Shopify-Webhook-Id", id)));
		Delivery delivery = Delivery.of(headers, PAYLOAD.getBytes(StandardCharsets.UTF_8));
		Envelope received = Envelope.received(Instant.parse("2026-11-20T01:00:00Z"), "current");
		return new Copy(delivery,
				received.with(new Envelope.Failure(Instant.parse("2026-11-20T01:00:01Z"), reason, "no stock")));
	}

	/// Buries copies as one dead letter, a millisecond after the one before.
	String bury(Copy... copies) throws StoreException {
		this.store.advance(Duration.ofMillis(1));
		return this.writer.write(SegmentKey.deadLetterFolder(copies[0].delivery()), this.store.date(), List.of(copies))
			.objectKey();
	}

	String bury(String shop, String topic, String id, String reason) throws StoreException {
		return bury(copy(shop, topic, id, reason));
	}

	/// Buries a delivery with the store's clock standing.
	void buryAt(String shop, String id) throws StoreException {
		Copy copy = copy(shop, "orders/create", id, "rejected");
		this.writer.write(SegmentKey.deadLetterFolder(copy.delivery()), this.store.date(), List.of(copy));
	}

	String buryRaw() throws StoreException {
		byte[] bytes = "not a request".getBytes(StandardCharsets.UTF_8);
		String key = SegmentKey.create(SegmentKey.CORRUPT, this.store.date(), new Random(), 0, bytes.length, false)
			.objectKey();
		this.store.put(key, Payload.of(bytes), Duration.ofSeconds(1));
		return key;
	}

	DeadLetterSweep sweep(Duration retention, Scheduler scheduler) {
		return new DeadLetterSweep(this.store, this.clock, this.discards, new DeadLetterGauges(scheduler, this.meters),
				new ForeignObjects(this.conditions), this.conditions, scheduler, retention);
	}

	/// All copies under a prefix, in the order of their keys.
	List<Copy> copies(String prefix) throws StoreException {
		List<Copy> copies = new ArrayList<>();
		for (String key : this.store.keys(prefix)) {
			copies.addAll(SegmentDecoder.decode(SegmentKey.parse(key).orElseThrow(), this.store.get(key)).copies());
		}
		return copies;
	}

	WebEndpointResponse<Object> replay(String key, String force) {
		return this.endpoint.replay(key.split("/"), force);
	}

	static String error(WebEndpointResponse<Object> answer) {
		return (String) ((Map<?, ?>) answer.getBody()).get("error");
	}

	double count(Meters meter, String... tags) {
		return this.meters.find(meter.id()).tags(tags).counters().stream().mapToDouble(Counter::count).sum();
	}

	@Override
	public void close() {
		this.scheduler.close();
	}

}
