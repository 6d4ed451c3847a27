package dev.holdfast.receive;

import java.io.IOException;
import java.nio.charset.StandardCharsets;

import dev.holdfast.buffer.DeliveryBuffer.Cause;
import jakarta.servlet.http.HttpServletResponse;

/// Every answer to a request to `/webhook`: the one place for status, body and the reason
/// it is counted by.
///
/// Shopify takes 2xx for accepted and repeats after anything else; a subscription whose
/// deliveries keep failing is deleted. So a verified delivery is answered 200 or 503, and
/// 400 only where its topic header is missing.
enum Answer {

	ACCEPTED(200, "accepted", "Webhook received and buffered"),

	SIGNATURE_MISSING(400, "signature-missing", "Signature missing"),

	/// Not base64 of 32 bytes, or given twice.
	SIGNATURE_MALFORMED(401, "signature-malformed", "Unauthorized"),

	/// The same answer as to a malformed one: what was wrong is nobody's business.
	SIGNATURE_WRONG(401, "signature-wrong", "Unauthorized"),

	TOPIC_MISSING(400, "topic-missing", "Topic missing"),

	/// The framing of a chunked body is broken.
	MALFORMED(400, "malformed", "Bad request"),

	METHOD(405, "method", "Method not allowed"),

	BODY_SLOW(408, "body-slow", "Request timeout"),

	TOO_LARGE(413, "too-large", "Body too large"),

	ENCODED(415, "encoded", "Content encoding not supported"),

	/// The client went away before its body was complete; nobody reads the answer.
	ABORTED(400, "aborted", "Bad request"),

	UNEXPECTED(500, "unexpected", "Internal error"),

	OVER_BUDGET(503, "over-budget", "Try again"),

	STORE_FAILED(503, "store-failed", "Try again"),

	STORE_SLOW(503, "store-slow", "Try again"),

	BREAKER_OPEN(503, "breaker-open", "Try again"),

	SHUTTING_DOWN(503, "shutting-down", "Try again");

	private final int status;

	private final String reason;

	private final byte[] body;

	Answer(int status, String reason, String body) {
		this.status = status;
		this.reason = reason;
		this.body = body.getBytes(StandardCharsets.US_ASCII);
	}

	static Answer notHeld(Cause cause) {
		return switch (cause) {
			case STORE_FAILED -> STORE_FAILED;
			case STORE_SLOW -> STORE_SLOW;
			case BREAKER_OPEN -> BREAKER_OPEN;
			case SHUTTING_DOWN -> SHUTTING_DOWN;
		};
	}

	/// The tag of the refusal.
	String reason() {
		return this.reason;
	}

	int status() {
		return this.status;
	}

	void writeTo(HttpServletResponse response) throws IOException {
		response.setStatus(this.status);
		if (this.status == 405) {
			response.setHeader("Allow", "POST");
		}
		else if (this.status == 503) {
			response.setHeader("Retry-After", "1");
		}
		if (this.status == 405 || this.status == 415) {
			// Given before the body was read, which then nobody waits for.
			response.setHeader("Connection", "close");
		}
		response.setContentType("text/plain");
		response.setContentLength(this.body.length);
		response.getOutputStream().write(this.body);
	}

}
