package dev.holdfast.ledger;

/// The value of `holdfast.name`, with which every Redis key begins. Two services that share
/// a bucket must share it, and two that do not must not.
public record LedgerName(String value) {

	public LedgerName {
		if (value.isBlank()) {
			throw new IllegalArgumentException("holdfast.name must not be blank");
		}
	}

}
