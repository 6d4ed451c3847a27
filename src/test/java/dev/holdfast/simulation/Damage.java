package dev.holdfast.simulation;

import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Random;

/// What becomes of bytes in the store, or on their way: fewer, or other ones.
final class Damage {

	private Damage() {
	}

	static byte[] to(byte[] bytes, Random random) {
		int at = random.nextInt(Math.max(1, bytes.length));
		if (bytes.length == 0 || random.nextBoolean()) {
			return Arrays.copyOf(bytes, Math.min(bytes.length, random.nextBoolean() ? at : lastDelivery(bytes)));
		}
		byte[] damaged = bytes.clone();
		damaged[at] ^= 1;
		return damaged;
	}

	/// Where the last delivery of a segment begins: cut there, it is shorter and in
	/// order.
	private static int lastDelivery(byte[] bytes) {
		return Math.max(0, new String(bytes, StandardCharsets.ISO_8859_1).lastIndexOf("POST /webhook"));
	}

}
