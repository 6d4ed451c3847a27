package dev.holdfast.ledger;

/// What all of a buffer's keys in Redis begin with: the value of `holdfast.name`.
public record LedgerName(String value) {
}
