package dev.holdfast.buffer;

import org.jspecify.annotations.Nullable;

/// The object store did not do, or did not confirm, what it was asked.
public final class StoreException extends Exception {

	private static final long serialVersionUID = 1L;

	private final Kind kind;

	public StoreException(Kind kind, String message, @Nullable Throwable cause) {
		super(message, cause);
		this.kind = kind;
	}

	public Kind kind() {
		return this.kind;
	}

	/// What went wrong, as far as it decides what to do next.
	public enum Kind {

		/// There is no such object.
		NOT_FOUND,

		/// The store asks for fewer requests: 503 SlowDown or 429.
		SLOW_DOWN,

		/// The store refused: wrong credentials, no such bucket, not permitted.
		REFUSED,

		/// No answer in time, no connection, or an error of the store's own.
		UNAVAILABLE

	}

}
