package dev.holdfast.receive;

/// A shared secret as it was configured; it does not print itself.
record Secret(String value) {

	@Override
	public String toString() {
		return "[secret]";
	}

}
