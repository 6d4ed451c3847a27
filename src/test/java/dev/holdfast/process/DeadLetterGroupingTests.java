package dev.holdfast.process;

import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Random;

import dev.holdfast.buffer.MemoryObjectStore;
import dev.holdfast.buffer.SegmentKey;
import dev.holdfast.buffer.SegmentWriter;
import dev.holdfast.buffer.StoreClock;
import dev.holdfast.delivery.Copy;
import dev.holdfast.delivery.Delivery;
import dev.holdfast.delivery.Envelope;
import dev.holdfast.delivery.Header;
import dev.holdfast.delivery.Headers;
import dev.holdfast.schedule.SystemScheduler;
import dev.holdfast.telemetry.Conditions;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;

/// What may be replayed or discarded by shop, topic or reason is stored apart.
class DeadLetterGroupingTests {

	private final MemoryObjectStore store = new MemoryObjectStore();

	@Test
	void keepsDeadLettersOfOneShopTopicAndReasonTogether() throws Exception {
		try (SystemScheduler scheduler = new SystemScheduler()) {
			StoreClock clock = new StoreClock(scheduler, new Conditions(new SimpleMeterRegistry()));
			SegmentWriter writer = new SegmentWriter(this.store, new Random(1));
			RetryPolicy policy = new RetryPolicy(20, Duration.ofHours(72));
			new NextCopies(writer, new Parking(writer, clock, scheduler), policy, clock, scheduler, new Random(1))
				.store(List.of(buried("orders/create", "rejected"), buried("orders/create", "exhausted"),
						buried("orders/create", "rejected"), buried("orders/updated", "rejected")));
		}
		assertThat(this.store.keys(SegmentKey.DEAD_LETTER).stream().map((key) -> SegmentKey.parse(key).orElseThrow()))
			.extracting((key) -> key.folder() + key.deliveries())
			.containsExactlyInAnyOrder("dead-letter/a.myshopify.com/orders/create/2",
					"dead-letter/a.myshopify.com/orders/create/1", "dead-letter/a.myshopify.com/orders/updated/1");
	}

	private static NextCopy buried(String topic, String reason) {
		Headers headers = new Headers(
				List.of(new Header("X-Shopify-Shop-Domain", "a.myshopify.com"), new Header("X-Shopify-Topic", topic)));
		Envelope.Failure failure = new Envelope.Failure(Instant.EPOCH, reason, "no stock");
		return new NextCopy.Buried(new Copy(Delivery.of(headers, "{}".getBytes(StandardCharsets.UTF_8)),
				Envelope.received(Instant.EPOCH, "current").with(failure)));
	}

}
