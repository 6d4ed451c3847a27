package dev.holdfast.oracle;

/// A line of the effect log: one call of a handler that had its effect.
///
/// @param handler whose it was
/// @param key the idempotency key, `<identity>.<run>`
/// @param attempt the number of the attempt, from 1
/// @param replica who called
/// @param body the SHA-256 of the body that the handler got
/// @param begun when it was called, in nanoseconds of any one clock
/// @param at when the effect was had
public record Effect(String handler, String key, int attempt, String replica, String body, long begun, long at) {

	/// What must be had once.
	public String once() {
		return once(this.handler, this.key);
	}

	public static String once(String handler, String key) {
		return handler + " " + key;
	}

	public String identity() {
		return this.key.substring(0, this.key.lastIndexOf('.'));
	}

}
