package dev.holdfast.simulation;

import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.stream.Collectors;

import dev.holdfast.delivery.Copy;
import dev.holdfast.delivery.Identity;

/// Tells orphans among dead letters: a dead letter for all handlers beside one for a single
/// handler. Whoever replays both has the effect of both.
final class Graves {

	private static final String ALL = "";

	/// For which handlers dead letters were stored, by the run that a replay would begin.
	private final Map<String, Set<String>> handlers = new HashMap<>();

	/// Takes in a dead letter.
	/// @return the records of replays that may be had twice from now on
	Set<String> add(Copy copy) {
		String replay = Identity.of(copy.delivery()).value() + "#" + (copy.envelope().run() + 1);
		String handler = Objects.requireNonNullElse(copy.envelope().handler(), ALL);
		Set<String> buried = this.handlers.computeIfAbsent(replay, (_) -> new HashSet<>());
		Set<String> before = Set.copyOf(buried);
		if (!buried.add(handler) || !buried.contains(ALL)) {
			return Set.of();
		}
		Set<String> orphans = handler.equals(ALL) ? before : Set.of(handler);
		return orphans.stream().map((name) -> replay + "@" + name).collect(Collectors.toSet());
	}

}
