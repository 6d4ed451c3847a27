package dev.holdfast.simulation;

import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

import dev.holdfast.buffer.SegmentKey;
import dev.holdfast.deadletter.DeadLetterParts;
import dev.holdfast.delivery.Copy;
import dev.holdfast.delivery.Delivery;
import dev.holdfast.delivery.Identity;
import dev.holdfast.ledger.CopyKeys;
import dev.holdfast.ledger.Ledger.CopyKey;
import dev.holdfast.oracle.Effect;

/// What holds at every moment of a run, whatever goes wrong; the oracle judges what has
/// become of all of it in the end. What a fault may break is not asked of what it exposed.
final class Rules {

	private static final Duration LEASE = Duration.ofSeconds(30);

	private static final Duration TOLERATED = Duration.ofSeconds(1);

	private static final Duration ANSWERED = Duration.ofSeconds(4);

	private static final Duration RECOVERED = Duration.ofSeconds(20);

	/// How often a first attempt is made, with its repeats.
	private static final int FIRST_ATTEMPTS = 3;

	/// After how many of them a delivery is given up, and an object is not read any more.
	private static final int MOST_RESUMES = 5;

	private static final int MOST_CLAIMS = 5;

	/// How often something kills at most, though Redis forgets how often it did.
	private static final int MOST_DEATHS = 40;

	private final Simulation simulation;

	private final World world;

	private final Chronicle chronicle = new Chronicle();

	private final List<String> broken = new ArrayList<>();

	/// When a window was opened last over each effect, by the replica that was hit.
	private final Map<String, Map<String, Long>> opened = new HashMap<>();

	/// How often each attempt was made.
	private final Map<String, Integer> calls = new HashMap<>();

	/// Before when an attempt is not to be made, as a handler asked.
	private final Map<String, Long> asked = new HashMap<>();

	private final Map<String, Long> acknowledged = new HashMap<>();

	/// Deliveries that are sent when nothing goes wrong.
	private final Set<String> probes = new HashSet<>();

	private final Set<String> discarded = new HashSet<>();

	Rules(Simulation simulation) {
		this.simulation = simulation;
		this.world = simulation.world;
	}

	/// @throws AssertionError with what was broken
	void check() {
		if (!this.broken.isEmpty()) {
			throw new AssertionError(
					this.broken.size() + " broken: " + this.broken.subList(0, Math.min(5, this.broken.size())));
		}
	}

	private void holds(boolean holds, String rule, Object what) {
		if (!holds) {
			this.world.trace(() -> "BROKEN " + rule + ": " + what);
			this.broken.add(rule + ": " + what + " at " + this.world.nanoTime() / 1e9);
		}
	}

	/// A window is opened over effects.
	/// @param replica the one that is hit, or ""
	void opened(Set<String> effects, String replica) {
		effects.forEach((once) -> this.opened.computeIfAbsent(once, (_) -> new HashMap<>())
			.put(replica, this.world.nanoTime()));
	}

	private boolean isExposed(String once) {
		return this.opened.containsKey(once);
	}

	/// A handler is called under a lease, alone, for a stored attempt that is due and not
	/// over.
	/// @param running how many calls run at this replica already
	void called(HandlerCalls.Call call, int number, int running) {
		String once = call.once();
		holds(call.isLeased(LEASE), "called without a lease", once);
		holds(!this.simulation.calls.isOverlap(call, LEASE, this.opened.getOrDefault(once, Map.of())),
				"called while another does", once);
		holds(running < Replica.CONCURRENCY, "called beside too many", once);
		Instant due = this.chronicle.due(call.both(), number - 1);
		holds(due != null, "called for what is not stored", once + " attempt " + number);
		holds(due == null || !due.isAfter(this.world.time().plus(TOLERATED)), "called before it is due", once);
		int times = this.calls.merge(once + " " + number, 1, Integer::sum);
		holds(times <= MOST_DEATHS, "called again and again", once);
		if (!isExposed(once)) {
			holds(call.isBegun(), "called without being begun", once);
			holds(isAsked(once, number), "called sooner than asked", once);
			holds(number > 1 || times > 1 || isSoon(once), "called late", once);
			if (!wasReleased(call)) {
				holds(call.records().size() > 1 || !this.chronicle.isOver(call.records().getFirst(), number - 1),
						"called for an attempt that is over", once + " attempt " + number);
				holds(times <= ((number == 1) ? FIRST_ATTEMPTS : 1), "called too often", once + " attempt " + number);
			}
		}
	}

	/// Whether an attempt may have been given up whose next copy came late.
	private boolean wasReleased(HandlerCalls.Call call) {
		return this.simulation.troubled && call.both()
			.stream()
			.anyMatch((record) -> this.simulation.taken(SimulatedRedis.RELEASED + record) > 0);
	}

	/// A handler asks for a time, of a replica that can tell it.
	void asked(HandlerCalls.Call call, int number, Duration after) {
		if (call.replica().isOnTime()) {
			this.asked.put(call.once() + " " + number, this.world.nanoTime() + after.toNanos());
		}
	}

	private boolean isAsked(String once, int number) {
		return this.asked.getOrDefault(once + " " + number, 0L) <= this.world.nanoTime() + TOLERATED.toNanos();
	}

	/// Where nothing goes wrong, a delivery is handed off as soon as it is acknowledged.
	private boolean isSoon(String once) {
		String key = once.substring(once.indexOf(' ') + 1);
		long since = this.world.nanoTime() - this.acknowledged.getOrDefault(key, this.world.nanoTime());
		if (this.probes.contains(key)) {
			return since <= RECOVERED.toNanos();
		}
		return !this.simulation.isPeaceful() || since <= TOLERATED.toNanos();
	}

	/// A handler went on after its deadline, and nobody interrupted it.
	void outlived(Replica replica, String key) {
		holds(replica.process.wasFrozen(LEASE), "not interrupted", key);
	}

	void probes(Delivery delivery) {
		this.probes.add(key(delivery));
	}

	void acknowledged(Delivery delivery) {
		if (this.world.nanoTime() > TOLERATED.toNanos()) {
			this.acknowledged.putIfAbsent(key(delivery), this.world.nanoTime());
		}
	}

	void refused(Delivery delivery) {
		holds(!this.simulation.isPeaceful() && !this.probes.contains(key(delivery)), "refused for nothing",
				key(delivery));
	}

	/// A request is refused at once while the store is down.
	void refused(Replica replica, Delivery delivery, long begun) {
		holds(this.world.nanoTime() - begun <= TOLERATED.toNanos() || replica.process.wasFrozen(ANSWERED),
				"refused late", key(delivery));
	}

	/// A request is answered in time.
	void answered(Replica replica, Delivery delivery, long begun) {
		holds(this.world.nanoTime() - begun <= ANSWERED.toNanos() || replica.process.wasFrozen(ANSWERED),
				"answered late", key(delivery));
	}

	private static String key(Delivery delivery) {
		return Identity.of(delivery).value() + ".0";
	}

	/// An attempt is counted because it was made, and follows one that is stored.
	void stored(Stored object) {
		if (object.key().startsWith(SegmentKey.CORRUPT) || SegmentKey.parse(object.key()).isEmpty()) {
			return;
		}
		List<CopyKey> keys = object.copies().stream().map(CopyKeys::of).toList();
		holds(this.chronicle.add(object, keys), "stored out of order", object);
		if (object.key().startsWith(SegmentKey.INBOX)) {
			holds(keys.size() <= Replica.MAX_DELIVERIES, "stored too many at once", object);
			return;
		}
		for (int i = 0; i < keys.size(); i++) {
			int attempt = keys.get(i).attempt();
			List<String> effects = effects(object.copies().get(i), keys.get(i));
			holds(attempt < Replica.MAX_ATTEMPTS, "an attempt too many", object);
			holds(attempt == 0 || wasMade(effects, attempt) || effects.stream().anyMatch(this::isExposed),
					"an attempt counted that was not made", object);
			if (object.key().startsWith(SegmentKey.DEAD_LETTER)) {
				holds(keys.get(i).record().contains("@") || !this.chronicle.isSplit(object.copies().get(i))
						|| effects.stream().anyMatch(this::isExposed), "died for all its handlers", object);
				died(object.copies().get(i), keys.get(i), effects);
			}
		}
	}

	private static List<String> effects(Copy copy, CopyKey key) {
		return Effects.taking(copy.delivery(), copy.envelope().handler())
			.stream()
			.map((handler) -> Effect.once(handler, CopyKeys.idempotencyKey(key)))
			.toList();
	}

	private boolean wasMade(List<String> effects, int attempt) {
		return effects.stream().anyMatch((once) -> this.calls.containsKey(once + " " + attempt));
	}

	/// Nothing dies but of what can kill it here, least of all of age.
	private void died(Copy copy, CopyKey key, List<String> effects) {
		String reason = (copy.envelope().failure() != null) ? copy.envelope().failure().reason() : "none";
		boolean plausible = switch (reason) {
			case "refused" -> wasMade(effects, key.attempt() + 1);
			case "unhandled" -> effects.isEmpty();
			case "attempts-exhausted" -> key.attempt() + 1 == Replica.MAX_ATTEMPTS;
			case "crashed" -> this.simulation.troubled && this.simulation.taken(key.record()) > MOST_RESUMES;
			default -> false;
		};
		holds(plausible, "died of " + reason, copy);
	}

	/// An object is kept unread if it cannot be read, or kills whoever does.
	/// @param bad whether it looked damaged
	/// @param kills whether it kills
	void keptRaw(Stored object, boolean bad, boolean kills) {
		String segment = SegmentKey.parse(object.key()).orElseThrow().id();
		holds(bad || kills && this.simulation.taken(segment) >= MOST_CLAIMS, "kept unread for nothing", object);
	}

	/// An object was the end of one more reader.
	void killed(String key, int times) {
		holds(times <= MOST_DEATHS, "read again and again", key);
	}

	/// A dead letter is deleted by an operator's word, when it is old, or when each of
	/// its deliveries is stored elsewhere.
	void deleted(Stored object) {
		if (object.key().startsWith(SegmentKey.DEAD_LETTER) && !this.discarded.contains(object.key())
				&& !isOld(object)) {
			boolean kept = !object.key().startsWith(SegmentKey.CORRUPT) && object.copies()
				.stream()
				.allMatch((copy) -> this.chronicle.isReplayed(copy) || this.chronicle.isBuriedTwice(copy));
			holds(kept, "dead letter deleted", object);
		}
	}

	void discards(Stored letter) {
		this.discarded.add(letter.key());
	}

	boolean isOld(Stored letter) {
		return Duration.between(letter.modified(), this.world.time().plus(TOLERATED))
			.compareTo(this.simulation.retention) >= 0;
	}

	/// How many deliveries of a dead letter are handled, as Redis has it.
	int done(Stored letter, SimulatedRedis redis) {
		return (int) letter.copies().stream().filter((copy) -> redis.isDone(CopyKeys.of(copy).record())).count();
	}

	/// A replay puts back what was not handled, and refuses what was.
	/// @param done how many deliveries were handled for certain
	void replayed(Stored letter, DeadLetterParts.Answer answer, int done, boolean force) {
		if (!answer.wasRead()) {
			return;
		}
		this.simulation.faults.count("replay " + ((answer.refused() > 0) ? "refused" : "made"));
		List<Copy> copies = letter.copies();
		holds(answer.replayed() + answer.refused() == copies.size(), "replay that lost count", letter);
		holds(copies.stream().filter(this.chronicle::isReplayed).count() >= answer.replayed(),
				"replay that is not stored", letter);
		holds(answer.replayed() <= copies.size() - done, "replay of what was handled", letter);
		long refusable = copies.stream()
			.filter((copy) -> this.simulation.wasHad(copy) || this.chronicle.isSplit(copy))
			.count();
		holds(answer.refused() <= (force ? 0 : refusable), "replay refused for nothing", letter);
	}

}
