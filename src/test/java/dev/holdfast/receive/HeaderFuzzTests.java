package dev.holdfast.receive;

import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Stream;

import com.code_intelligence.jazzer.junit.FuzzTest;
import dev.holdfast.delivery.Delivery;
import dev.holdfast.delivery.Header;
import dev.holdfast.delivery.HeaderFamily;
import dev.holdfast.delivery.Headers;
import org.junit.jupiter.params.provider.MethodSource;

import org.springframework.mock.web.MockHttpServletRequest;

import static org.assertj.core.api.Assertions.assertThat;

/// Headers that a fuzzer makes up. A build tries the ones that are here; CONTRIBUTING.md
/// says how to look for more.
class HeaderFuzzTests {

	private static final byte[] BODY = Edge.bytes("{}");

	private static final KeyRing RING = new KeyRing(List.of(new KeyRing.Key("current", Edge.bytes(Edge.SECRET))));

	static Stream<byte[]> signatures() {
		return Stream
			.of(Edge.sign(BODY), Edge.sign(BODY).toLowerCase(java.util.Locale.ROOT), "", "=".repeat(44), "A".repeat(44),
					"A".repeat(43) + "=", "A".repeat(42) + "==", "-".repeat(43) + "=", "\u00ff".repeat(44),
					Edge.sign(BODY) + "\u0000", " " + Edge.sign(BODY).substring(1))
			.map((text) -> text.getBytes(StandardCharsets.ISO_8859_1));
	}

	@MethodSource("signatures")
	@FuzzTest(maxDuration = "3m")
	void decodesASignatureToThirtyTwoBytesOrNothing(byte[] header) {
		byte[] signature = KeyRing.decode(new String(header, StandardCharsets.ISO_8859_1));
		if (signature != null) {
			assertThat(signature).hasSize(32);
			boolean genuine = Arrays.equals(signature, KeyRing.decode(Edge.sign(BODY)));
			assertThat(RING.verify(BODY, signature)).isEqualTo(genuine ? "current" : null);
		}
	}

	static Stream<byte[]> headers() {
		return Stream
			.of("X-Shopify-Topic\norders/create\nX-Shopify-Shop-Domain\na.myshopify.com\nX-Shopify-Webhook-Id\n1",
					"shopify-Topic\n../..\nshopify-Webhook-Id\n${jndi:ldap://a}\nshopify-Hmac-Sha256\nx",
					"X-Shopify-Topic\n%0d%0a\nX-Shopify-Topic\n\u001b[31m\nContent-Type\n\u00e9",
					"X-Shopify-Webhook-Id\n" + "a".repeat(4096) + "\nX-Shopify-Shop-Domain\n\u0000")
			.map((text) -> text.getBytes(StandardCharsets.ISO_8859_1));
	}

	/// Keeps values as they are, and prints nothing of them that a log would take for its
	/// own.
	@MethodSource("headers")
	@FuzzTest(maxDuration = "3m")
	void keepsHeadersAsTheyAreAndPrintsThemSafely(byte[] lines) {
		String[] text = new String(lines, StandardCharsets.ISO_8859_1).split("\n");
		MockHttpServletRequest request = new MockHttpServletRequest();
		for (int i = 0; i + 1 < text.length; i += 2) {
			if (!text[i].isEmpty() && HeaderFamily.keeps(text[i]) && !text[i].equalsIgnoreCase("Content-Type")) {
				request.addHeader(text[i], text[i + 1]);
			}
		}
		Headers kept = KeptHeaders.of(request);
		for (Header header : kept) {
			assertThat(List.of(text)).contains(header.value());
		}
		Delivery delivery = Delivery.of(kept, BODY);
		for (String printed : List.of(delivery.topic().printable(), delivery.shopDomain().printable(),
				delivery.id().printable(), delivery.toString())) {
			assertThat(printed).hasSizeLessThan(400).matches("[\\x20-\\x7e]*");
		}
	}

}
