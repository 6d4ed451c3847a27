package dev.holdfast.buffer;

import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Random;
import java.util.function.UnaryOperator;

import dev.holdfast.delivery.Copy;
import dev.holdfast.delivery.Delivery;
import dev.holdfast.delivery.Envelope;
import dev.holdfast.delivery.Headers;
import dev.holdfast.delivery.Sha256;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

class SegmentCodecTests {

	private static final Envelope.Failure FAILURE = new Envelope.Failure(Copies.TIME.plusSeconds(5), "failed",
			"HTTP 500 ?");

	@Test
	void bringsBackEverything() {
		Copy first = Copies.of("1");
		Envelope all = new Envelope(Instant.parse("1969-12-31T23:59:59Z"), "previous", 7, 19, "mail", FAILURE);
		bringsBack(List.of(first, first.with(first.envelope().next(FAILURE)),
				first.with(first.envelope().forHandler("mail")), first.with(all), first.with(all.replay())));
	}

	@Test
	void bringsBackAnEmptyBody() {
		bringsBack(List.of(Copies.of("1", new byte[0]), Copies.of("2", new byte[0])));
	}

	@Test
	void bringsBackEveryByteOfABody() {
		byte[] body = new byte[70_000];
		new Random(3).nextBytes(body);
		byte[] likeARequest = "POST /webhook HTTP/1.1\r\nHost: holdfast\r\n\r\n".getBytes(StandardCharsets.US_ASCII);
		bringsBack(
				List.of(Copies.of("1", body), Copies.of("2", likeARequest), Copies.of("3", new byte[] { 0, 13, 10 })));
	}

	@Test
	void bringsBackTheLargestBody() {
		byte[] body = new byte[16 << 20];
		new Random(4).nextBytes(body);
		bringsBack(List.of(Copies.of("1", body)));
	}

	@Test
	void bringsBackHeadersOfEveryByte() {
		StringBuilder value = new StringBuilder(" \t");
		for (char c = 1; c <= 0xff; c++) {
			value.append((c == '\r' || c == '\n') ? ' ' : c);
		}
		Headers headers = Headers.of("X-Shopify-Odd", value.append(": ").toString(), "x-SHOPIFY-odd", "", "Shopify-é",
				"twice", "Shopify-é", "twice");
		bringsBack(
				List.of(new Copy(Delivery.of(headers, new byte[] { 1 }), Envelope.received(Copies.TIME, "current"))));
	}

	@Test
	void bringsBackAFullBatch() {
		List<Copy> copies = new ArrayList<>();
		for (int i = 0; i < 256; i++) {
			copies.add(Copies.of("delivery-" + i));
		}
		bringsBack(copies);
	}

	@Test
	void storesAValidRequest() throws IOException {
		Copy first = Copies.of("1");
		Copy second = Copies.of("2", new byte[0]);
		byte[] bytes = Copies
			.bytes(List.of(first, second.with(second.envelope().forHandler("mail").next(FAILURE).replay())));
		try (InputStream golden = Objects.requireNonNull(SegmentCodecTests.class.getResourceAsStream("segment-v1.http"),
				"golden file")) {
			assertThat(text(bytes)).isEqualTo(text(golden.readAllBytes()));
		}
	}

	@Test
	void storesNothingThatWouldNotComeBack() {
		for (String value : List.of("a\rb", "a\nHoldfast-Run: 7", "a\u0000", "€")) {
			Copy copy = new Copy(Delivery.of(Headers.of("X-Shopify-Odd", value), new byte[0]),
					Envelope.received(Copies.TIME, "current"));
			assertThatIllegalArgumentException().isThrownBy(() -> SegmentEncoder.encode(copy));
		}
	}

	@Test
	void takesNoSegmentWithoutDeliveries() {
		assertThat(Copies.decode(new byte[0], 0)).isInstanceOf(Decoded.Damaged.class);
		assertThat(Copies.decode(new byte[0], 1)).isInstanceOf(Decoded.Damaged.class);
	}

	@Test
	void takesNoOtherCountOrSizeThanTheKeySays() {
		byte[] bytes = Copies.bytes(List.of(Copies.of("1"), Copies.of("2")));
		assertThat(Copies.decode(bytes, 2)).isInstanceOf(Decoded.Intact.class);
		assertThat(Copies.decode(bytes, 1)).isInstanceOfSatisfying(Decoded.Damaged.class,
				(damaged) -> assertThat(damaged.problem()).contains("1 deliveries", "has 2"));
		assertThat(Copies.decode(bytes, 3)).isInstanceOf(Decoded.Damaged.class);
		for (long size : new long[] { 0, bytes.length - 1, bytes.length + 1 }) {
			Decoded decoded = SegmentDecoder.decode(Copies.key(2, size), bytes);
			assertThat(decoded).isInstanceOf(Decoded.Damaged.class);
			assertThat(decoded.copies()).hasSize(2);
		}
	}

	@Test
	void leavesAnUnknownVersionAlone() {
		byte[] bytes = Copies.bytes(List.of(Copies.of("1"), Copies.of("2")));
		String text = text(bytes);
		int second = text.lastIndexOf("Holdfast-Version: 1");
		Decoded decoded = Copies
			.decode(latin(text.substring(0, second) + "Holdfast-Version: 2" + text.substring(second + 19)), 2);
		assertThat(decoded).isInstanceOf(Decoded.UnknownVersion.class);
		assertThat(decoded.copies()).as("a newer Holdfast may mean the first otherwise, too").isEmpty();
	}

	@ParameterizedTest
	@ValueSource(strings = { "Host", "Holdfast-Version", "Holdfast-Received-At", "Holdfast-Verified-By", "Holdfast-Run",
			"Holdfast-Attempt", "Holdfast-Reason", "Holdfast-Error", "Holdfast-First-Failure", "Content-Length" })
	void takesEachOfItsHeadersExactlyOnce(String name) {
		isDamage((text) -> text.replaceFirst(name + ": [^\r]*\r\n", ""));
		isDamage((text) -> text.replaceFirst("(" + name + ": [^\r]*\r\n)", "$1$1"));
	}

	@ParameterizedTest
	@ValueSource(strings = { "Holdfast-New: 1", "Cookie: a=b", "Transfer-Encoding: chunked", "no colon", ": empty name",
			"Holdfast-Run:7", " X-Shopify-Folded: x", "content-length: 3", "holdfast-run: 0" })
	void takesNoOtherHeader(String line) {
		isDamage((text) -> text.replaceFirst("Holdfast-Run", line + "\r\nHoldfast-Run"));
	}

	@ParameterizedTest
	@ValueSource(strings = { "X-Shopify-Late: 1", "Holdfast-Run: 0", "Holdfast-New: 1" })
	void takesNoHeaderBehindTheDigest(String line) {
		Copy copy = Copies.of("1");
		String text = text(Copies.bytes(List.of(copy)));
		Decoded decoded = Copies.decode(latin(text.replaceFirst("(Holdfast-Digest: [^\r]*\r\n)", "$1" + line + "\r\n")),
				1);
		assertThat(decoded).isInstanceOf(Decoded.Damaged.class);
		assertThat(decoded.copies()).isEmpty();
	}

	@ParameterizedTest
	@ValueSource(strings = { "", "-1", "+1", "01", "1 ", " 1", "0x1", "1.0", "2147483648", "99999999999999999999", "١",
			"one" })
	void takesNoOddNumber(String number) {
		for (String name : List.of("Holdfast-Run", "Holdfast-Attempt", "Content-Length")) {
			isDamage((text) -> text.replaceFirst(name + ": \\d+", name + ": " + number));
		}
	}

	@ParameterizedTest
	@ValueSource(
			strings = { "", "yesterday", "2026-11-20", "2026-11-20T02:19:29", "1763600000", "2026-13-20T02:19:29Z" })
	void takesNoOddTime(String time) {
		isDamage((text) -> text.replaceFirst("Received-At: [^\r]*", "Received-At: " + time));
	}

	@Test
	void readsNoHeadWithoutEnd() {
		String filler = ("X-Shopify-Filler: " + "x".repeat(1000) + "\r\n").repeat(70);
		isDamage((text) -> text.replaceFirst("Holdfast-Version", filler + "Holdfast-Version"));
		assertThat(Copies.decode(latin("POST /webhook HTTP/1.1\r\n" + "x".repeat(200_000)), 1))
			.isInstanceOf(Decoded.Damaged.class);
	}

	@Test
	void readsAHeadOfTheLargestThatIsReceived() {
		Headers headers = Headers.of("X-Shopify-Filler", "x".repeat(8_000));
		bringsBack(List.of(new Copy(Delivery.of(headers, new byte[0]), Envelope.received(Copies.TIME, "current"))));
	}

	/// Alters the text of the second copy, with its digest right again: only the rule
	/// under test is broken.
	private static void isDamage(UnaryOperator<String> change) {
		Copy intact = Copies.of("1");
		Copy copy = Copies.of("2");
		String text = text(Copies.bytes(List.of(copy.with(copy.envelope().next(FAILURE)))));
		String altered = change.apply(text);
		assertThat(altered).as("the change").isNotEqualTo(text);
		String prefix = text(Copies.bytes(List.of(intact)));
		Decoded decoded = Copies.decode(latin(prefix + digested(altered, copy)), 2);
		assertThat(decoded).isInstanceOf(Decoded.Damaged.class);
		assertThat(decoded.copies()).singleElement()
			.satisfies((first) -> assertThat(Copies.same(first, intact)).isTrue());
	}

	private static String digested(String text, Copy copy) {
		int digest = text.indexOf("Holdfast-Digest: ");
		byte[] head = latin(text.substring(0, digest));
		String right = SegmentEncoder.digest(head, 0, head.length, Sha256.of(copy.delivery().body()));
		return text.substring(0, digest) + "Holdfast-Digest: " + right + text.substring(text.indexOf("\r\n", digest));
	}

	private static void bringsBack(List<Copy> copies) {
		byte[] bytes = Copies.bytes(copies);
		Decoded decoded = Copies.decode(bytes, copies.size());
		assertThat(decoded).isInstanceOf(Decoded.Intact.class);
		assertThat(decoded.copies()).hasSameSizeAs(copies);
		for (int i = 0; i < copies.size(); i++) {
			assertThat(Copies.same(decoded.copies().get(i), copies.get(i))).as("copy %d", i).isTrue();
		}
		assertThat(Copies.bytes(decoded.copies())).isEqualTo(bytes);
	}

	private static String text(byte[] bytes) {
		return new String(bytes, StandardCharsets.ISO_8859_1);
	}

	private static byte[] latin(String text) {
		return text.getBytes(StandardCharsets.ISO_8859_1);
	}

}
