package dev.holdfast.receive;

/// A shared secret as it was configured; it does not print itself.
record Secret(String value) {

	/// Public because the binder converts from text by a public constructor only.
	public Secret {
	}

	@Override
	public String toString() {
		return "[secret]";
	}

}
