package dev.holdfast.oracle;

import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.function.Predicate;

import org.jspecify.annotations.Nullable;

/// Holds the client log against the effect log, once everything is drained. Safe for use by
/// several threads.
///
/// Lost is what was owed and neither handled nor kept. Unexpected is what was handled and
/// never sent, or with another body. A repeat must lie in a [Window] that was opened before
/// it and names it; a window explains as many repeats as were in flight when it opened, and
/// no more.
public final class Oracle {

	private final List<Request> requests = new ArrayList<>();

	private final List<Effect> effects = new ArrayList<>();

	private final List<Window> windows = new ArrayList<>();

	/// What is owed, by a 200 or by a stored copy.
	private final Set<Part> owed = new LinkedHashSet<>();

	/// What was had already.
	private final Set<String> once = new HashSet<>();

	/// Which replicas had which effects, or stored copies for them.
	private final Set<String> hands = new HashSet<>();

	/// What need not be handled, and why.
	private final Map<Part, String> kept = new HashMap<>();

	public synchronized void requested(Request request) {
		this.requests.add(request);
	}

	public synchronized void had(Effect effect) {
		this.effects.add(effect);
		this.once.add(effect.once());
		this.hands.add(effect.replica() + " " + effect.once());
	}

	/// Whether an effect was had already.
	public synchronized boolean wasHad(String handler, String key) {
		return this.once.contains(Effect.once(handler, key));
	}

	public synchronized void opened(Window window) {
		this.windows.add(window);
	}

	/// Says that a delivery is owed to handlers: it was acknowledged, or a copy of it was
	/// stored.
	/// @param handlers those that take it; if there are none, it must be kept
	public synchronized void owes(String identity, int run, Collection<String> handlers) {
		if (handlers.isEmpty()) {
			this.owed.add(new Part(identity, run, null));
		}
		handlers.forEach((handler) -> this.owed.add(new Part(identity, run, handler)));
	}

	public synchronized boolean isOwed(Part part) {
		return this.owed.contains(part);
	}

	/// Says that a replica stored a copy for one handler, which may be an orphan.
	public synchronized void copied(String replica, String handler, String key) {
		this.hands.add(replica + " " + Effect.once(handler, key));
	}

	/// Says that a delivery need not be handled any more.
	/// @param how `dead`, `discarded`, or the window in which the store lost it
	/// @param handler the one handler that is spared, or null for all
	public synchronized void keeps(String how, String identity, int run, @Nullable String handler) {
		this.kept.put(new Part(identity, run, handler), how);
	}

	/// What a fault exposes, judged by the effects alone: each that matches, once. For
	/// whoever does not see inside the ledger, "in flight" is what a replica had begun
	/// and may not have marked when it was hit.
	public synchronized Map<String, Integer> exposed(Predicate<Effect> inFlight) {
		Map<String, Integer> exposed = new HashMap<>();
		this.effects.stream().filter(inFlight).forEach((effect) -> exposed.put(effect.once(), 1));
		return exposed;
	}

	/// Judges all there is.
	public synchronized Judgement judge() {
		Map<String, List<Effect>> had = new LinkedHashMap<>();
		this.effects.forEach((effect) -> had.computeIfAbsent(effect.once(), (_) -> new ArrayList<>()).add(effect));
		Map<String, Tally> tallies = new TreeMap<>();
		this.windows.forEach((window) -> tallies.merge(window.name(), Tally.of(window), Tally::plus));
		return new Judgement(this.requests.size(), acknowledged(), this.effects.size(), repeats(had), this.kept.size(),
				lost(had.keySet()), unexpected(), unattributed(had, tallies), tallies);
	}

	private long acknowledged() {
		return this.requests.stream().filter(Request::isAcknowledged).map(Request::identity).distinct().count();
	}

	private static int repeats(Map<String, List<Effect>> had) {
		return had.values().stream().mapToInt((times) -> times.size() - 1).sum();
	}

	private List<String> lost(Set<String> had) {
		List<String> lost = new ArrayList<>();
		Set<String> known = new HashSet<>();
		for (Part part : this.owed) {
			known.add(part.identity());
			if (!isAccounted(part, had)) {
				lost.add(part.toString());
			}
		}
		this.requests.stream()
			.filter((request) -> request.isAcknowledged() && !known.contains(request.identity()))
			.forEach((request) -> lost.add(request.toString()));
		return lost;
	}

	private boolean isAccounted(Part part, Set<String> had) {
		return had.contains(Effect.once(String.valueOf(part.handler()), part.identity() + "." + part.run()))
				|| this.kept.containsKey(part) || this.kept.containsKey(part.whole())
				|| this.owed.contains(part.replayed());
	}

	private List<String> unexpected() {
		Map<String, String> sent = new HashMap<>();
		this.requests.forEach((request) -> sent.put(request.identity(), request.body()));
		Set<String> unexpected = new LinkedHashSet<>();
		for (Effect effect : this.effects) {
			if (!effect.body().equals(sent.get(effect.identity()))) {
				unexpected.add(effect.toString());
			}
		}
		return List.copyOf(unexpected);
	}

	private List<String> unattributed(Map<String, List<Effect>> had, Map<String, Tally> tallies) {
		Set<String> repeated = new HashSet<>();
		had.forEach((once, times) -> {
			if (times.size() > 1) {
				repeated.add(once);
			}
		});
		Map<String, List<Window>> exposing = exposing(repeated);
		List<String> unattributed = new ArrayList<>();
		for (String once : repeated) {
			List<Effect> times = new ArrayList<>(had.get(once));
			times.sort((a, b) -> Long.compare(a.at(), b.at()));
			List<Window> left = exposing.getOrDefault(once, new ArrayList<>());
			for (Effect repeat : times.subList(1, times.size())) {
				Window window = latest(left, repeat.at());
				if (window == null) {
					unattributed.add(repeat + " after " + times);
				}
				else {
					left.remove(window);
					tallies.computeIfPresent(window.name(), (_, tally) -> tally.repeated());
				}
			}
		}
		return unattributed;
	}

	/// The windows that name each of these effects, as often as they do.
	private Map<String, List<Window>> exposing(Set<String> repeated) {
		Map<String, List<Window>> exposing = new HashMap<>();
		for (Window window : this.windows) {
			window.exposed().forEach((once, times) -> {
				if (repeated.contains(once) && mayRepeat(window, once)) {
					for (int i = 0; i < times; i++) {
						exposing.computeIfAbsent(once, (_) -> new ArrayList<>()).add(window);
					}
				}
			});
		}
		return exposing;
	}

	private boolean mayRepeat(Window window, String once) {
		return window.replica() == null || this.hands.contains(window.replica() + " " + once);
	}

	private static @Nullable Window latest(List<Window> windows, long before) {
		Window latest = null;
		for (Window window : windows) {
			if (window.at() <= before && (latest == null || window.at() >= latest.at())) {
				latest = window;
			}
		}
		return latest;
	}

	/// What happened in a window.
	///
	/// @param events how often it was opened while something was in flight
	/// @param exposed how many effects were in flight in all
	/// @param repeats how many of them were had again
	public record Tally(int events, int exposed, int repeats) {

		static Tally of(Window window) {
			int exposed = window.exposed().values().stream().mapToInt(Integer::intValue).sum();
			return new Tally(window.exposed().isEmpty() ? 0 : 1, exposed, 0);
		}

		public Tally plus(Tally other) {
			return new Tally(this.events + other.events, this.exposed + other.exposed, this.repeats + other.repeats);
		}

		Tally repeated() {
			return new Tally(this.events, this.exposed, this.repeats + 1);
		}

	}

}
