package dev.holdfast.receive;

import java.io.IOException;

/// Ends the reading of a body with an answer.
final class RefusedException extends IOException {

	private static final long serialVersionUID = 1L;

	private final Answer answer;

	RefusedException(Answer answer) {
		super(answer.reason());
		this.answer = answer;
	}

	Answer answer() {
		return this.answer;
	}

	@Override
	public synchronized Throwable fillInStackTrace() {
		return this;
	}

}
