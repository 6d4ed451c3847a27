package dev.holdfast.ledger;

/// Redis did not answer, or not as it should. What was asked may have been done.
public final class LedgerException extends Exception {

	private static final long serialVersionUID = 1L;

	public LedgerException(String message) {
		super(message);
	}

	public LedgerException(String message, Throwable cause) {
		super(message, cause);
	}

}
