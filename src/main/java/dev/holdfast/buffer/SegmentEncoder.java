package dev.holdfast.buffer;

import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;

import dev.holdfast.delivery.Copy;
import dev.holdfast.delivery.Delivery;
import dev.holdfast.delivery.Envelope;
import dev.holdfast.delivery.Header;
import dev.holdfast.delivery.Sha256;

/// Writes copies as `application/http` (RFC 9112 §10.2): the request as it was sent, with
/// its raw body, and Holdfast's own headers. A segment is the concatenation of its copies,
/// so that a batch needs no copying.
///
/// `Holdfast-Digest` is the last header. It is the SHA-256 over all bytes before its own
/// line and the SHA-256 of the body, so that the body is digested once.
final class SegmentEncoder {

	static final String REQUEST_LINE = "POST /webhook HTTP/1.1";

	static final String HOST = "holdfast";

	static final String VERSION = "1";

	private SegmentEncoder() {
	}

	static Encoded encode(Copy copy) {
		Delivery delivery = copy.delivery();
		StringBuilder head = new StringBuilder(1024);
		head.append(REQUEST_LINE).append("\r\n");
		line(head, "Host", HOST);
		for (Header header : delivery.headers()) {
			line(head, header.name(), header.value());
		}
		own(head, copy.envelope());
		line(head, "Content-Length", Integer.toString(delivery.body().length));
		byte[] digested = head.toString().getBytes(StandardCharsets.ISO_8859_1);
		head.setLength(0);
		line(head, "Holdfast-Digest", digest(digested, 0, digested.length, delivery.bodySha256()));
		head.append("\r\n");
		byte[] end = head.toString().getBytes(StandardCharsets.ISO_8859_1);
		return new Encoded(copy, List.of(digested, end, delivery.body()));
	}

	static Payload payload(List<Encoded> batch) {
		List<byte[]> parts = new ArrayList<>(batch.size() * 3);
		batch.forEach((encoded) -> parts.addAll(encoded.parts()));
		return new Payload(parts);
	}

	static String digest(byte[] bytes, int from, int length, byte[] bodySha256) {
		MessageDigest digest = Sha256.digest();
		digest.update(bytes, from, length);
		digest.update(bodySha256);
		return Base64.getEncoder().encodeToString(digest.digest());
	}

	private static void own(StringBuilder head, Envelope envelope) {
		line(head, "Holdfast-Version", VERSION);
		line(head, "Holdfast-Received-At", envelope.receivedAt().toString());
		line(head, "Holdfast-Verified-By", envelope.verifiedBy());
		line(head, "Holdfast-Run", Integer.toString(envelope.run()));
		line(head, "Holdfast-Attempt", Integer.toString(envelope.attempt()));
		if (envelope.handler() != null) {
			line(head, "Holdfast-Handler", envelope.handler());
		}
		Envelope.Failure failure = envelope.failure();
		if (failure != null) {
			line(head, "Holdfast-First-Failure", failure.first().toString());
			line(head, "Holdfast-Reason", failure.reason());
			line(head, "Holdfast-Error", failure.error());
		}
	}

	private static void line(StringBuilder head, String name, String value) {
		append(head, name).append(": ");
		append(head, value).append("\r\n");
	}

	/// What would end the line early, or would not come back as it was, cannot be stored:
	/// the HTTP parser in front never lets it through.
	private static StringBuilder append(StringBuilder head, String text) {
		for (int i = 0; i < text.length(); i++) {
			char c = text.charAt(i);
			if (c == '\r' || c == '\n' || c == 0 || c > 0xff) {
				throw new IllegalArgumentException("a header may not contain the character " + (int) c);
			}
		}
		return head.append(text);
	}

	/// A copy and its bytes.
	///
	/// @param parts head, end of head, body: in this order they are the stored request
	record Encoded(Copy copy, List<byte[]> parts) {

		long length() {
			long sum = 0;
			for (byte[] part : this.parts) {
				sum += part.length;
			}
			return sum;
		}

	}

}
