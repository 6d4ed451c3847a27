package dev.holdfast.buffer;

import java.io.ByteArrayInputStream;
import java.io.InputStream;
import java.io.SequenceInputStream;
import java.security.MessageDigest;
import java.util.Collections;
import java.util.List;
import java.util.zip.Checksum;

/// The bytes of an object in pieces, so that a batch needs no copy of its deliveries.
public final class Payload {

	private final List<byte[]> parts;

	private final long length;

	public Payload(List<byte[]> parts) {
		this.parts = parts;
		long sum = 0;
		for (byte[] part : parts) {
			sum += part.length;
		}
		this.length = sum;
	}

	public static Payload of(byte[] bytes) {
		return new Payload(List.of(bytes));
	}

	public long length() {
		return this.length;
	}

	/// A new stream over the bytes, from the first.
	public InputStream stream() {
		return new SequenceInputStream(
				Collections.enumeration(this.parts.stream().<InputStream>map(ByteArrayInputStream::new).toList()));
	}

	byte[] digest(MessageDigest digest) {
		this.parts.forEach(digest::update);
		return digest.digest();
	}

	long checksum(Checksum checksum) {
		this.parts.forEach(checksum::update);
		return checksum.getValue();
	}

	public byte[] toBytes() {
		byte[] bytes = new byte[Math.toIntExact(this.length)];
		int at = 0;
		for (byte[] part : this.parts) {
			System.arraycopy(part, 0, bytes, at, part.length);
			at += part.length;
		}
		return bytes;
	}

}
