package dev.holdfast.oracle;

/// A line of the client log: one attempt to deliver, and its answer.
///
/// @param id the delivery id that was sent
/// @param identity what makes it one delivery, see `Identity`
/// @param body the SHA-256 of the body
/// @param status the answer, or 0 if there was none
public record Request(String id, String identity, String body, int status) {

	public boolean isAcknowledged() {
		return this.status == 200;
	}

}
