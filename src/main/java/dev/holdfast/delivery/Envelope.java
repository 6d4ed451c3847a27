package dev.holdfast.delivery;

import java.time.Instant;
import java.util.regex.Pattern;

import org.jspecify.annotations.Nullable;

/// What Holdfast adds to a delivery when it stores it.
///
/// @param receivedAt when the request came in, by this replica's clock
/// @param verifiedBy the name of the key that verified its signature
/// @param run 0 for what Shopify sent; each replay is one more
/// @param attempt the attempt that this copy is waiting for, from 0
/// @param handler the one handler this copy is for, or null for all that take its topic
/// @param failure how the last attempt failed, or null before the first
public record Envelope(Instant receivedAt, String verifiedBy, int run, int attempt, @Nullable String handler,
		@Nullable Failure failure) {

	public static Envelope received(Instant at, String verifiedBy) {
		return new Envelope(at, verifiedBy, 0, 0, null, null);
	}

	/// The copy that waits for the next attempt.
	public Envelope next(Failure failure) {
		return new Envelope(this.receivedAt, this.verifiedBy, this.run, this.attempt + 1, this.handler, failure);
	}

	/// The copy that is given up, or kept as it is, with what failed.
	public Envelope with(Failure failure) {
		return new Envelope(this.receivedAt, this.verifiedBy, this.run, this.attempt, this.handler, failure);
	}

	/// The copy for one handler alone.
	public Envelope forHandler(String name) {
		return new Envelope(this.receivedAt, this.verifiedBy, this.run, this.attempt, name, this.failure);
	}

	/// The copy that an operator asked to run again.
	public Envelope replay() {
		return new Envelope(this.receivedAt, this.verifiedBy, this.run + 1, 0, this.handler, null);
	}

	/// A failed attempt.
	///
	/// @param first when this run first failed
	/// @param reason a word from a short list, such as `failed` or `timeout`; what is no
	/// letter, digit, `.`, `_` or `-` in it becomes `-`, and no word is `unknown`
	/// @param error what the handler said, in printable ASCII, at most 200 characters
	public record Failure(Instant first, String reason, String error) {

		private static final int LONGEST = 200;

		private static final int LONGEST_WORD = 64;

		private static final Pattern NO_WORD = Pattern.compile("[^A-Za-z0-9._-]");

		public Failure {
			StringBuilder printable = new StringBuilder(Math.min(error.length(), LONGEST));
			for (int i = 0; i < error.length() && i < LONGEST; i++) {
				char c = error.charAt(i);
				printable.append((c >= ' ' && c < 0x7f) ? c : '?');
			}
			error = printable.toString().strip();
			reason = reason.isEmpty() ? "unknown" : NO_WORD.matcher(reason).replaceAll("-");
			reason = reason.substring(0, Math.min(reason.length(), LONGEST_WORD));
		}

	}

}
