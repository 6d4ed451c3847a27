package dev.holdfast.simulation;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentSkipListMap;

import dev.holdfast.oracle.Judgement;
import dev.holdfast.oracle.Oracle.Tally;

/// What the runs hit: each call of a port, before and after, and each window. Safe for
/// use by several threads.
final class Coverage {

	private static final List<String> SIDES = List.of("answered", "request lost", "reply lost", "applied late",
			"crash before", "crash after");

	/// Cells that cannot be hit, and why.
	private static final Map<String, String> NOT_APPLICABLE = Map.of("get applied late", "changes nothing",
			"list applied late", "changes nothing", "closed applied late", "changes nothing", "handle reply lost",
			"what a handler says of its effect is its effect");

	/// In the replica's own memory: there is nothing on the way that could be lost.
	private static final List<String> LOCAL = List.of("start", "after", "await", "pause");

	private static final List<String> WINDOWS = List.of("W1", "W2", "W3", "W4", "W5", "W6", "W7", "W8", "W9", "W10",
			"W12", "W13", "W14");

	/// Those in which effects are had again. The others delay, or show copies again.
	private static final List<String> REPEATING = List.of("W3", "W4", "W5", "W6", "W7", "W12", "W14");

	private final Map<String, Integer> happened = new ConcurrentSkipListMap<>();

	private final Map<String, Tally> windows = new ConcurrentSkipListMap<>();

	void add(Map<String, Integer> happened, Judgement judgement) {
		happened.forEach((what, times) -> this.happened.merge(what, times, Integer::sum));
		judgement.windows().forEach((name, tally) -> this.windows.merge(window(name), tally, Tally::plus));
	}

	/// What applies and was never hit.
	List<String> missing() {
		List<String> missing = new ArrayList<>();
		for (String call : Crashes.CALLS) {
			for (String side : SIDES) {
				String cell = call + " " + side;
				if (applies(call, side) && !this.happened.containsKey(cell)) {
					missing.add(cell);
				}
			}
		}
		WINDOWS.stream().filter((window) -> hits(window) == 0).forEach(missing::add);
		REPEATING.stream()
			.filter((window) -> !this.windows.containsKey(window) || this.windows.get(window).repeats() == 0)
			.forEach((window) -> missing.add("repeats in " + window));
		return missing;
	}

	private static boolean applies(String call, String side) {
		return !NOT_APPLICABLE.containsKey(call + " " + side) && (!LOCAL.contains(call) || side.startsWith("crash"));
	}

	private int hits(String window) {
		return this.happened.entrySet()
			.stream()
			.filter((entry) -> window(entry.getKey()).equals(window))
			.mapToInt(Map.Entry::getValue)
			.sum();
	}

	private static String window(String name) {
		int space = name.indexOf(' ');
		return (space < 0) ? name : name.substring(0, space);
	}

	@Override
	public String toString() {
		StringBuilder text = new StringBuilder("%-8s".formatted("call"));
		SIDES.forEach((side) -> text.append("%14s".formatted(side)));
		for (String call : Crashes.CALLS) {
			text.append("%n%-8s".formatted(call));
			SIDES
				.forEach((side) -> text.append("%14s".formatted(applies(call, side) ? times(call + " " + side) : "-")));
		}
		text.append("%n%-8s%14s%14s%14s%n".formatted("window", "opened", "in flight", "repeats"));
		for (String window : WINDOWS) {
			Tally tally = this.windows.getOrDefault(window, new Tally(0, 0, 0));
			text.append("%-8s%14d%14d%14d%n".formatted(window, hits(window), tally.exposed(), tally.repeats()));
		}
		NOT_APPLICABLE.forEach((cell, why) -> text.append("- %s: %s%n".formatted(cell, why)));
		text.append("- ").append(LOCAL).append(": in memory, nothing on the way to lose");
		this.happened.keySet()
			.stream()
			.filter((what) -> SIDES.stream().noneMatch(what::endsWith))
			.forEach((what) -> text.append("%n%s %s".formatted(what, times(what))));
		return text.toString();
	}

	private String times(String cell) {
		return String.valueOf(this.happened.getOrDefault(cell, 0));
	}

}
