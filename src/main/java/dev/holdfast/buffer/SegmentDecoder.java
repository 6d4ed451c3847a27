package dev.holdfast.buffer;

import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.time.format.DateTimeParseException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

import dev.holdfast.delivery.Copy;
import dev.holdfast.delivery.Delivery;
import dev.holdfast.delivery.Envelope;
import dev.holdfast.delivery.Header;
import dev.holdfast.delivery.HeaderFamily;
import dev.holdfast.delivery.Headers;
import dev.holdfast.delivery.Sha256;

/// Reads what [SegmentEncoder] wrote, strictly: each of Holdfast's headers exactly once, no
/// other header than the kept ones, every digest right. What does not agree is damage, and
/// nothing behind it is read; a copy is read whole or not at all.
public final class SegmentDecoder {

	private static final String DIGEST = "Holdfast-Digest";

	private static final int LONGEST_HEAD = 64 * 1024;

	private static final Set<String> REQUIRED = Set.of("Host", "Holdfast-Version", "Holdfast-Received-At",
			"Holdfast-Verified-By", "Holdfast-Run", "Holdfast-Attempt", "Content-Length", DIGEST);

	private static final Set<String> FAILURE = Set.of("Holdfast-First-Failure", "Holdfast-Reason", "Holdfast-Error");

	private static final String HANDLER = "Holdfast-Handler";

	private final byte[] bytes;

	private int at;

	private SegmentDecoder(byte[] bytes) {
		this.bytes = bytes;
	}

	/// Reads a segment and holds it against what its key says.
	public static Decoded decode(SegmentKey key, byte[] bytes) {
		Decoded decoded = new SegmentDecoder(bytes).decode();
		if (decoded instanceof Decoded.Intact(List<Copy> copies)
				&& (bytes.length != key.bytes() || copies.size() != key.deliveries() || copies.isEmpty())) {
			return new Decoded.Damaged(copies, "the key says %d deliveries in %d bytes, the object has %d in %d"
				.formatted(key.deliveries(), key.bytes(), copies.size(), bytes.length));
		}
		return decoded;
	}

	private Decoded decode() {
		List<Copy> copies = new ArrayList<>();
		while (this.at < this.bytes.length) {
			try {
				copies.add(next());
			}
			catch (UnknownVersionException _) {
				return new Decoded.UnknownVersion();
			}
			catch (DamagedException ex) {
				return new Decoded.Damaged(copies, ex.problem);
			}
		}
		return new Decoded.Intact(copies);
	}

	private Copy next() throws DamagedException, UnknownVersionException {
		int start = this.at;
		if (!SegmentEncoder.REQUEST_LINE.equals(line(start))) {
			throw new DamagedException("no request line at byte " + start);
		}
		List<Header> kept = new ArrayList<>();
		Map<String, String> own = new LinkedHashMap<>();
		int digested = start;
		while (true) {
			int lineStart = this.at;
			String line = line(start);
			if (line.isEmpty()) {
				break;
			}
			int colon = line.indexOf(": ");
			if (colon <= 0) {
				throw new DamagedException("no header at byte " + lineStart);
			}
			String name = line.substring(0, colon);
			String value = line.substring(colon + 2);
			if (own.containsKey(DIGEST)) {
				throw new DamagedException("a header behind the digest at byte " + lineStart);
			}
			if (HeaderFamily.keeps(name)) {
				kept.add(new Header(name, value));
			}
			else if (own.put(name, value) != null) {
				throw new DamagedException("the header " + name + " twice at byte " + lineStart);
			}
			if (!own.containsKey(DIGEST)) {
				digested = this.at;
			}
		}
		if (!SegmentEncoder.VERSION.equals(own.getOrDefault("Holdfast-Version", SegmentEncoder.VERSION))) {
			throw new UnknownVersionException();
		}
		check(own, start);
		byte[] body = body(own, start);
		byte[] bodySha256 = Sha256.of(body);
		if (!SegmentEncoder.digest(this.bytes, start, digested - start, bodySha256).equals(own.get(DIGEST))) {
			throw new DamagedException("the digest of the request at byte " + start + " is wrong");
		}
		return new Copy(new Delivery(new Headers(kept), body, bodySha256), envelope(own, start));
	}

	private static void check(Map<String, String> own, int start) throws DamagedException {
		boolean failure = own.keySet().containsAll(FAILURE);
		int expected = REQUIRED.size() + (failure ? FAILURE.size() : 0) + (own.containsKey(HANDLER) ? 1 : 0);
		if (!own.keySet().containsAll(REQUIRED) || own.size() != expected
				|| !SegmentEncoder.HOST.equals(own.get("Host"))) {
			throw new DamagedException("the headers of the request at byte " + start + " are not a segment's");
		}
	}

	private byte[] body(Map<String, String> own, int start) throws DamagedException {
		int length = number(own, "Content-Length", start);
		if (length > this.bytes.length - this.at) {
			throw new DamagedException("the request at byte " + start + " is cut short");
		}
		byte[] body = Arrays.copyOfRange(this.bytes, this.at, this.at + length);
		this.at += length;
		return body;
	}

	private static Envelope envelope(Map<String, String> own, int start) throws DamagedException {
		String first = own.get("Holdfast-First-Failure");
		Envelope.Failure failure = (first != null)
				? new Envelope.Failure(time(first, start), text(own, "Holdfast-Reason"), text(own, "Holdfast-Error"))
				: null;
		return new Envelope(time(text(own, "Holdfast-Received-At"), start), text(own, "Holdfast-Verified-By"),
				number(own, "Holdfast-Run", start), number(own, "Holdfast-Attempt", start), own.get(HANDLER), failure);
	}

	private static String text(Map<String, String> own, String name) {
		return own.getOrDefault(name, "");
	}

	private static int number(Map<String, String> own, String name, int start) throws DamagedException {
		String text = text(own, name);
		try {
			int number = Integer.parseInt(text);
			if (number >= 0 && Integer.toString(number).equals(text)) {
				return number;
			}
		}
		catch (NumberFormatException _) {
			// Said below, as for a number that is written oddly.
		}
		throw new DamagedException("the header " + name + " of the request at byte " + start + " is no number");
	}

	private static Instant time(String text, int start) throws DamagedException {
		try {
			return Instant.parse(text);
		}
		catch (DateTimeParseException _) {
			throw new DamagedException("a time of the request at byte " + start + " is none");
		}
	}

	private String line(int start) throws DamagedException {
		int end = Math.min(this.bytes.length - 1, start + LONGEST_HEAD);
		for (int i = this.at; i < end; i++) {
			if (this.bytes[i] == '\r' && this.bytes[i + 1] == '\n') {
				String line = new String(this.bytes, this.at, i - this.at, StandardCharsets.ISO_8859_1);
				this.at = i + 2;
				return line;
			}
			if (this.bytes[i] == '\r' || this.bytes[i] == '\n' || this.bytes[i] == 0) {
				// Nobody could write it again, as a retry or a dead letter must be.
				throw new DamagedException("a line at byte " + this.at + " has a character that ends none");
			}
		}
		throw new DamagedException("the head of the request at byte " + start + " does not end");
	}

	private static final class DamagedException extends Exception {

		private static final long serialVersionUID = 1L;

		private final String problem;

		DamagedException(String problem) {
			super(problem, null, false, false);
			this.problem = problem;
		}

	}

	private static final class UnknownVersionException extends Exception {

		private static final long serialVersionUID = 1L;

		UnknownVersionException() {
			super(null, null, false, false);
		}

	}

}
