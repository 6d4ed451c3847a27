package dev.holdfast.buffer;

import java.util.Arrays;
import java.util.List;
import java.util.Random;

import dev.holdfast.delivery.Copy;
import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;

/// Whatever happens to a stored segment, no wrong copy is read from it: each that is read
/// is one that was stored.
class SegmentDamageTests {

	private static final List<Copy> COPIES = List.of(Copies.of("1"), Copies.of("2"));

	private static final byte[] SEGMENT = Copies.bytes(COPIES);

	private static final int FIRST = Copies.bytes(COPIES.subList(0, 1)).length;

	@Test
	void noticesEveryTruncation() {
		for (int length = 0; length < SEGMENT.length; length++) {
			byte[] cut = Arrays.copyOf(SEGMENT, length);
			Decoded decoded = SegmentDecoder.decode(Copies.key(2, SEGMENT.length), cut);
			assertThat(decoded).as("cut at %d", length).isInstanceOf(Decoded.Damaged.class);
			assertThat(decoded.copies()).as("cut at %d", length).hasSize((length >= FIRST) ? 1 : 0);
			assertStored(decoded, length);
			Decoded listed = Copies.decode(cut, 2);
			assertThat(listed).as("cut at %d, and listed so", length).isInstanceOf(Decoded.Damaged.class);
		}
	}

	@Test
	void noticesEveryAlterationOfAByte() {
		for (int at = 0; at < SEGMENT.length; at++) {
			for (int change : new int[] { 0x01, 0x02, 0x20, 0x40, 0x80, 0xff }) {
				byte[] altered = SEGMENT.clone();
				altered[at] ^= (byte) change;
				Decoded decoded = Copies.decode(altered, 2);
				assertThat(decoded).as("byte %d by %02x", at, change).isNotInstanceOf(Decoded.Intact.class);
				assertStored(decoded, at);
			}
		}
	}

	@Test
	void noticesBytesBehindTheLastCopy() {
		for (int more = 1; more < 40; more++) {
			byte[] longer = Arrays.copyOf(SEGMENT, SEGMENT.length + more);
			Decoded decoded = Copies.decode(longer, 2);
			assertThat(decoded).isInstanceOf(Decoded.Damaged.class);
			assertThat(decoded.copies()).hasSize(2);
		}
	}

	@Test
	void noticesCopiesThatChangedPlacesInPart() {
		byte[] second = Arrays.copyOfRange(SEGMENT, FIRST, SEGMENT.length);
		byte[] mixed = SEGMENT.clone();
		int bodies = 10;
		System.arraycopy(second, second.length - bodies, mixed, FIRST - bodies, bodies);
		Decoded decoded = Copies.decode(mixed, 2);
		assertThat(decoded).isInstanceOf(Decoded.Damaged.class);
		assertThat(decoded.copies()).isEmpty();
	}

	@Test
	void readsNoWrongCopyWhateverTheBytesAre() {
		Random random = new Random(20261120);
		for (int round = 0; round < 20_000; round++) {
			byte[] bytes = mutated(random);
			Decoded decoded = Copies.decode(bytes, 2);
			assertStored(decoded, round);
			if (decoded instanceof Decoded.Intact) {
				assertThat(decoded.copies()).hasSize(2);
			}
		}
	}

	private static byte[] mutated(Random random) {
		byte[] bytes = SEGMENT.clone();
		for (int times = 1 + random.nextInt(4); times > 0; times--) {
			int at = random.nextInt(bytes.length + 1);
			int length = random.nextInt(Math.min(64, bytes.length - at + 1));
			bytes = switch (random.nextInt(5)) {
				case 0 -> joined(bytes, at, new byte[0], at + length);
				case 1 -> joined(bytes, at, Arrays.copyOfRange(bytes, at, at + length), at);
				case 2 -> joined(bytes, at, noise(random, length), at + length);
				case 3 -> joined(bytes, at, token(random), at + length);
				default -> joined(bytes, at, token(random), at);
			};
		}
		return bytes;
	}

	private static byte[] joined(byte[] bytes, int to, byte[] between, int from) {
		byte[] joined = Arrays.copyOf(bytes, to + between.length + bytes.length - from);
		System.arraycopy(between, 0, joined, to, between.length);
		System.arraycopy(bytes, from, joined, to + between.length, bytes.length - from);
		return joined;
	}

	private static byte[] noise(Random random, int length) {
		byte[] noise = new byte[length];
		random.nextBytes(noise);
		return noise;
	}

	private static byte[] token(Random random) {
		List<String> tokens = List.of("\r\n", "\r", "\n", "\r\n\r\n", ": ", "Content-Length: 2147483647\r\n",
				"Content-Length: 0\r\n", "Holdfast-Digest: ", "POST /webhook HTTP/1.1\r\n", "X-Shopify-A: b\r\n",
				"Holdfast-Version: 1\r\n", "\u0000");
		return tokens.get(random.nextInt(tokens.size())).getBytes(java.nio.charset.StandardCharsets.ISO_8859_1);
	}

	private static void assertStored(Decoded decoded, int what) {
		for (Copy copy : decoded.copies()) {
			assertThat(COPIES.stream().anyMatch((stored) -> Copies.same(stored, copy))).as("case %d", what).isTrue();
		}
	}

}
