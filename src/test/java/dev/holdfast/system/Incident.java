package dev.holdfast.system;

import java.util.Set;
import java.util.function.Function;

import org.jspecify.annotations.Nullable;

/// A fault that struck.
///
/// @param fault which
/// @param alone whether no other did meanwhile
/// @param struck when, on the machine's monotonic clock
/// @param repaired when it was over
/// @param port of the replica that it struck; 0 where it was no replica
/// @param excuse the repeats that it may have caused; null for none
record Incident(Fault fault, boolean alone, long struck, long repaired, int port, @Nullable Excuse excuse) {

	/// Repeats that a window of the README explains.
	///
	/// @param window its name
	/// @param from from when on
	/// @param keys the idempotency keys that were in flight; each may be repeated once
	record Excuse(String window, long from, Function<History, Set<String>> keys) {
	}

}
