package dev.holdfast.receive;

/// A setting with which receiving cannot start. Its text never contains the setting's
/// value where that is a secret.
final class UnusableSettingException extends RuntimeException {

	private static final long serialVersionUID = 1L;

	private final String action;

	UnusableSettingException(String description, String action) {
		super(description);
		this.action = action;
	}

	/// What a person should do.
	String action() {
		return this.action;
	}

}
