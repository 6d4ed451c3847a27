package dev.holdfast.buffer;

import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Stream;

import com.code_intelligence.jazzer.junit.FuzzTest;
import dev.holdfast.delivery.Copy;
import dev.holdfast.delivery.Delivery;
import dev.holdfast.delivery.Envelope;
import dev.holdfast.delivery.Sha256;
import org.junit.jupiter.params.provider.MethodSource;

import static org.assertj.core.api.Assertions.assertThat;

/// Bytes that a fuzzer makes up, given to the reader of segments. A build tries the ones
/// that are here; CONTRIBUTING.md says how to look for more.
class SegmentFuzzTests {

	private static final Envelope.Failure FAILURE = new Envelope.Failure(Copies.TIME, "attempts-exhausted", "HTTP 500");

	static Stream<byte[]> segments() {
		Copy copy = Copies.of("1");
		byte[] retried = Copies.bytes(List
			.of(new Copy(copy.delivery(), new Envelope(Copies.TIME, "current", 1, 2, "orders", FAILURE)), copy));
		byte[] odd = "POST /webhook HTTP/1.1\r\nHost: holdfast\r\nX-Shopify-A:  \u00e9 \r\nHoldfast-Version: 2\r\n\r\n"
			.getBytes(StandardCharsets.ISO_8859_1);
		return Stream.of(Copies.bytes(List.of(copy)), with("X-Shopify-A: b\rc"), with("X-Shopify-A: b\nc"),
				with("X-Shopify-A: b\u0000c"), retried, Arrays.copyOf(retried, retried.length - 1), odd,
				Copies.bytes(List.of(Copies.of("", new byte[0]))));
	}

	/// What nobody could write again: found by the fuzzer.
	private static byte[] with(String line) {
		String text = new String(Copies.bytes(List.of(Copies.of("1"))), StandardCharsets.ISO_8859_1);
		return text.replaceFirst("\r\n", "\r\n" + line + "\r\n").getBytes(StandardCharsets.ISO_8859_1);
	}

	/// Never fails, and what it reads is what would be written: so nothing is lost of a
	/// copy on its way through.
	@MethodSource("segments")
	@FuzzTest(maxDuration = "3m")
	void readsWhatWouldBeWrittenOrSaysWhatIsWrong(byte[] bytes) {
		assertFaithful(bytes);
	}

	/// The same behind a right digest, which a fuzzer would not find.
	@MethodSource("segments")
	@FuzzTest(maxDuration = "3m")
	void readsFaithfullyWhatCarriesARightDigest(byte[] bytes) {
		assertFaithful(digested(bytes));
	}

	private static void assertFaithful(byte[] bytes) {
		Decoded decoded = SegmentDecoder.decode(Copies.key(1, bytes.length), bytes);
		for (Copy copy : decoded.copies()) {
			Delivery delivery = copy.delivery();
			assertThat(Sha256.of(delivery.body())).isEqualTo(delivery.bodySha256());
			assertThat(delivery.toString()).hasSizeLessThan(1000);
			byte[] again = Copies.bytes(List.of(copy));
			Decoded twice = Copies.decode(again, 1);
			assertThat(twice).isInstanceOf(Decoded.Intact.class);
			assertThat(Copies.same(copy, twice.copies().getFirst())).isTrue();
		}
		if (decoded instanceof Decoded.Intact) {
			assertThat(decoded.copies()).hasSize(1);
		}
	}

	/// Puts the right digest, and length, at the end of the first head.
	private static byte[] digested(byte[] bytes) {
		String text = new String(bytes, StandardCharsets.ISO_8859_1);
		int end = text.indexOf("\r\n\r\n");
		if (end < 0) {
			return bytes;
		}
		String body = text.substring(end + 4);
		String head = text.substring(0, end + 2)
			.replaceAll("Holdfast-Digest: [^\r\n]*\r\n", "")
			.replaceAll("Content-Length: [^\r\n]*\r\n", "") + "Content-Length: " + body.length() + "\r\n";
		byte[] sha256 = Sha256.of(body.getBytes(StandardCharsets.ISO_8859_1));
		byte[] headBytes = head.getBytes(StandardCharsets.ISO_8859_1);
		String digest = SegmentEncoder.digest(headBytes, 0, headBytes.length, sha256);
		return (head + "Holdfast-Digest: " + digest + "\r\n\r\n" + body).getBytes(StandardCharsets.ISO_8859_1);
	}

}
