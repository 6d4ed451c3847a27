package dev.holdfast.oracle;

import java.util.Map;

/// A trace event: a fault that may have effects had again, and which.
///
/// @param name the window's, as the documents have it
/// @param at when, by the clock of the effects
/// @param exposed what was in flight, as [Effect#once], and how often each may be repeated
/// by it
public record Window(String name, long at, Map<String, Integer> exposed) {
}
