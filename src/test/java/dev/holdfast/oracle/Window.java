package dev.holdfast.oracle;

import java.util.Map;

import org.jspecify.annotations.Nullable;

/// A trace event: a fault that may have effects had again, and which.
///
/// @param name the window's, as the documents have it
/// @param at when, by the clock of the effects
/// @param exposed what was in flight, as [Effect#once], and how often each may be repeated
/// by it
/// @param replica the one replica that was hit, or null: then an effect is repeated by the
/// window only if this replica had it, or stored a copy for that handler alone
public record Window(String name, long at, Map<String, Integer> exposed, @Nullable String replica) {

	public Window(String name, long at, Map<String, Integer> exposed) {
		this(name, at, exposed, null);
	}

}
