package dev.holdfast.buffer;

import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;

import dev.holdfast.delivery.Delivery;
import dev.holdfast.delivery.Headers;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import static org.assertj.core.api.Assertions.assertThat;

class SegmentKeyTests {

	private static final Instant TIME = Instant.parse("2026-11-20T02:19:29.123456Z");

	private final Random random = new Random(1);

	@Test
	void saysWhatTheObjectHolds() {
		SegmentKey key = SegmentKey.create(SegmentKey.INBOX, TIME, this.random, 256, 4_194_304, true);
		assertThat(key.objectKey()).matches("inbox/20261120T021929123Z-[0-9a-f]{16}-256-4194304-h\\.http");
		assertThat(key).hasToString(key.objectKey());
		assertThat(key.time()).isEqualTo("2026-11-20T02:19:29.123Z");
	}

	@ParameterizedTest
	@ValueSource(strings = { "inbox/", "retry/", "dead-letter/a.myshopify.com/orders/create/", "dead-letter/-/-/", "" })
	void comesBackAsItWas(String folder) {
		for (boolean handedOff : new boolean[] { true, false }) {
			SegmentKey key = SegmentKey.create(folder, TIME, this.random, 0, 0, handedOff);
			assertThat(SegmentKey.parse(key.objectKey())).contains(key);
		}
	}

	@Test
	void sortsByTime() {
		List<String> keys = new ArrayList<>();
		Instant time = Instant.parse("2019-12-31T23:59:59.990Z");
		for (int i = 0; i < 200; i++) {
			keys.add(SegmentKey.create(SegmentKey.RETRY, time, this.random, 1, 1, false).objectKey());
			time = time.plusMillis(1 + this.random.nextLong(1L << (i % 40)));
		}
		assertThat(keys).isSorted();
	}

	@Test
	void isNeverUsedTwice() {
		List<String> keys = new ArrayList<>();
		for (int i = 0; i < 1000; i++) {
			keys.add(SegmentKey.create(SegmentKey.INBOX, TIME, this.random, 1, 1, false).objectKey());
		}
		assertThat(keys).doesNotHaveDuplicates();
	}

	@ParameterizedTest
	@ValueSource(strings = { "", "/", "inbox/", "holdfast.name", "inbox/readme.txt",
			"inbox/20261120T021929123Z-0123456789abcdef-1-1", "inbox/20261120T021929123Z-0123456789abcdef-1-1.httpx",
			"inbox/20261120T021929123Z-0123456789ABCDEF-1-1.http", "inbox/20261120T021929123Z-0123456789abcde-1-1.http",
			"inbox/20261120T021929123Z-0123456789abcdef--1.http", "inbox/20261120T021929123Z-0123456789abcdef-1-.http",
			"inbox/20261120T021929123Z-0123456789abcdef-1-1-x.http",
			"inbox/20261120T021929123Z-0123456789abcdef-123456-1.http",
			"inbox/20261120T021929123Z-0123456789abcdef-1-1234567890123.http",
			"inbox/20261320T021929123Z-0123456789abcdef-1-1.http",
			"inbox/20261120T251929123Z-0123456789abcdef-1-1.http",
			"inbox/20261120T021929123Z-0123456789abcdef--1-1.http",
			"inbox/20261120T021929123Z-0123456789abcdef-1-1.http\n",
			"inbox/٢٠٢٦١١٢٠T021929123Z-0123456789abcdef-1-1.http" })
	void takesNoForeignName(String name) {
		assertThat(SegmentKey.parse(name)).isEmpty();
	}

	@Test
	void putsNoHostileTextIntoTheFolderOfADeadLetter() {
		assertThat(SegmentKey.deadLetterFolder(delivery("a.myshopify.com", "orders/create")))
			.isEqualTo("dead-letter/a.myshopify.com/orders/create/");
		assertThat(SegmentKey.deadLetterFolder(delivery("../inbox", "orders/create")))
			.isEqualTo("dead-letter/-/orders/create/");
		assertThat(SegmentKey.deadLetterFolder(delivery("a.myshopify.com", "../../inbox")))
			.isEqualTo("dead-letter/a.myshopify.com/-/");
		assertThat(SegmentKey.deadLetterFolder(delivery("", ""))).isEqualTo(SegmentKey.CORRUPT);
	}

	private static Delivery delivery(String shop, String topic) {
		return Delivery.of(Headers.of("X-Shopify-Shop-Domain", shop, "X-Shopify-Topic", topic), new byte[0]);
	}

}
