package dev.holdfast.deadletter;

/// What the operator asked for cannot be done as it was asked.
final class RefusedException extends Exception {

	private static final long serialVersionUID = 1L;

	private final int status;

	private final String sentence;

	/// @param status the HTTP status to answer with
	/// @param sentence one sentence that says what to do instead
	RefusedException(int status, String sentence) {
		super(sentence, null, false, false);
		this.status = status;
		this.sentence = sentence;
	}

	int status() {
		return this.status;
	}

	String sentence() {
		return this.sentence;
	}

}
