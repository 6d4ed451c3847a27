package dev.holdfast.simulation;

import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

import dev.holdfast.buffer.SegmentKey;
import dev.holdfast.delivery.Copy;
import dev.holdfast.delivery.Delivery;
import dev.holdfast.delivery.Identity;
import dev.holdfast.oracle.Effect;
import dev.holdfast.oracle.Judgement;
import dev.holdfast.oracle.Oracle;
import dev.holdfast.oracle.Part;
import dev.holdfast.oracle.Window;
import dev.holdfast.simulation.SimulatedStore.Stored;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;

/// One run: Shopify sends, replicas receive and process, an operator replays, things go
/// wrong; then nothing goes wrong any more, and everything must come to its end.
final class Simulation {

	static final int DELIVERIES = 50;

	static final int LEAST_FAULTS = 3;

	private static final String ALL = "";

	private static final int REPLICAS = 3;

	private static final int CRASHES = 4;

	private static final Duration LEASE = Duration.ofSeconds(30);

	private static final Duration SENDING = Duration.ofSeconds(75);

	private static final Duration TROUBLE = Duration.ofSeconds(150);

	private static final Duration DRAIN = Duration.ofHours(12);

	final World world;

	final Faults faults;

	final Oracle oracle = new Oracle();

	final World.Process outside;

	final Crashes.Plan crashes;

	final SimulatedStore store;

	final SimulatedRedis redis;

	final HandlerCalls calls = new HandlerCalls();

	final SimpleMeterRegistry meters = new SimpleMeterRegistry();

	final boolean troubled;

	/// The Redis of a second region that shares the bucket, in a few runs.
	private final SimulatedRedis abroad;

	private final List<Replica> replicas = new ArrayList<>();

	private final Map<String, Long> handlersDown = new HashMap<>();

	private final Shopify shopify;

	/// Calls of handlers that should not have been.
	private final List<String> wrong = new ArrayList<>();

	/// When a window was opened last over each effect, by the replica that was hit.
	private final Map<String, Map<String, Long>> lastOpened = new HashMap<>();

	private final Map<String, Integer> furthest = new HashMap<>();

	private final Graves graves = new Graves();

	private int started;

	private boolean calm;

	/// @param faultRate how likely each fault of a call is
	/// @param troubled whether replicas and Redis fail, too
	Simulation(long seed, double faultRate, boolean troubled) {
		this.troubled = troubled;
		this.world = new World(seed);
		this.faults = new Faults(this.world, faultRate);
		this.outside = this.world.new Process(Duration.ZERO);
		this.crashes = new Crashes.Plan(this.world, this.faults, troubled ? CRASHES : 0);
		this.store = new SimulatedStore(this.world, this.faults, this::stored);
		this.redis = new SimulatedRedis(this.world::nanoTime);
		this.abroad = (troubled && this.world.chance(0.03)) ? new SimulatedRedis(this.world::nanoTime) : this.redis;
		this.shopify = new Shopify(this);
	}

	/// Runs it to its end.
	/// @throws AssertionError with what is wrong
	Judgement run() {
		for (int i = 0; i < REPLICAS; i++) {
			this.replicas.add(replica(i));
		}
		this.shopify.start(DELIVERIES, SENDING);
		if (this.troubled) {
			this.outside.start("trouble", () -> new Trouble(this).run());
		}
		this.outside.start("operator", () -> new Operator(this).run());
		this.world.runUntil(TROUBLE, () -> false);
		this.faults.end();
		this.calm = true;
		this.world.runUntil(DRAIN, this::isDrained);
		return judge();
	}

	private Replica replica(int index) {
		return new Replica(this, index + "-" + this.started++, (index == REPLICAS - 1) ? this.abroad : this.redis);
	}

	private boolean isDrained() {
		return this.shopify.isAnswered() && this.store.under(SegmentKey.INBOX).isEmpty()
				&& this.store.under(SegmentKey.RETRY).isEmpty();
	}

	private Judgement judge() {
		if (!isDrained()) {
			throw new AssertionError(
					"stuck: " + this.store.under(SegmentKey.INBOX) + this.store.under(SegmentKey.RETRY));
		}
		for (Stored letter : this.store.under(SegmentKey.DEAD_LETTER)) {
			keeps("dead", letter.copies());
			letter.copies().forEach(this::checkReason);
			if (letter.copies().stream().anyMatch(this::wasHad)) {
				this.faults.count("W13 orphan dead letter");
			}
		}
		if (!this.wrong.isEmpty()) {
			throw new AssertionError("handlers called " + this.wrong);
		}
		Judgement judgement = this.oracle.judge();
		if (!judgement.isClean()) {
			throw new AssertionError(judgement.problems());
		}
		return judgement;
	}

	/// Nothing dies but of what can kill it here: days that only a replica's clock has
	/// seen
	/// cannot.
	private void checkReason(Copy copy) {
		String reason = (copy.envelope().failure() != null) ? copy.envelope().failure().reason() : "unreadable";
		boolean plausible = switch (reason) {
			case "refused", "unhandled" -> true;
			case "attempts-exhausted" -> copy.envelope().attempt() + 1 == Replica.MAX_ATTEMPTS;
			case "crashed" -> this.troubled;
			default -> this.faults.total() > 0;
		};
		if (!plausible || reason.equals("too-old")) {
			throw new AssertionError("died of " + reason + ": " + copy);
		}
	}

	/// A handler is called under a lease, by one replica at a time unless a window is
	/// open, and while Redis forgets nothing, for no attempt that was over.
	void checkCall(HandlerCalls.Call call, String once, int attempt) {
		if (!call.isLeased(LEASE)) {
			this.wrong.add("without a lease: " + once + " at " + this.world.nanoTime() / 1e9);
		}
		if (this.calls.isOverlap(call, LEASE, this.lastOpened.getOrDefault(once, Map.of()))) {
			this.wrong.add("while another does: " + once + " at " + this.world.nanoTime() / 1e9);
		}
		if (this.furthest.merge(once, attempt, Math::max) > attempt && !this.troubled) {
			this.wrong.add("behind its position: " + once + " at " + this.world.nanoTime() / 1e9);
		}
	}

	Replica anyReplica() {
		return this.replicas.get(this.world.random.nextInt(REPLICAS));
	}

	List<Replica> replicas() {
		return this.replicas;
	}

	boolean isCalm() {
		return this.calm;
	}

	void loseHandler(String name, Duration time) {
		this.handlersDown.put(name, this.world.nanoTime() + time.toNanos());
	}

	boolean isDown(String handler) {
		return this.handlersDown.getOrDefault(handler, 0L) > this.world.nanoTime();
	}

	/// Ends a replica without a word; another takes its place.
	void crash(Replica replica) {
		if (!replica.process.isDead()) {
			opens("W3 crash after effect", replica);
			replica.process.kill();
			this.outside.after(Duration.ofMillis(this.world.random.nextInt(3000)), "restart", () -> replace(replica));
		}
	}

	/// Starts another replica in the place of one.
	void replace(Replica replica) {
		int index = this.replicas.indexOf(replica);
		if (index >= 0) {
			this.replicas.set(index, replica(index));
		}
	}

	/// A window opens over records.
	void opens(String name, Set<String> records) {
		opens(name, records, null);
	}

	/// A window opens over what a replica has in flight.
	void opens(String name, Replica replica) {
		opens(name, this.calls.inFlight(replica), replica.name);
	}

	private void opens(String name, Set<String> records, String replica) {
		Map<String, Integer> exposed = new HashMap<>();
		for (String record : records) {
			int at = record.indexOf('@');
			String key = record.substring(0, (at < 0) ? record.length() : at).replace('#', '.');
			List<String> handlers = (at < 0) ? Effects.NAMES : List.of(record.substring(at + 1));
			handlers.forEach((handler) -> exposed.merge(Effect.once(handler, key), 1, Integer::sum));
		}
		String hit = (replica != null) ? replica : "";
		exposed.keySet()
			.forEach((once) -> this.lastOpened.computeIfAbsent(once, (_) -> new HashMap<>())
				.put(hit, this.world.nanoTime()));
		this.faults.happened(name);
		this.world.trace(() -> name + " over " + records);
		this.oracle.opened(new Window(name, this.world.nanoTime(), exposed, replica));
	}

	void had(Effect effect) {
		this.world.trace(effect::toString);
		this.oracle.had(effect);
	}

	void acknowledged(Delivery delivery) {
		this.oracle.owes(Identity.of(delivery).value(), 0, Effects.taking(delivery, null));
	}

	/// A client is told to send it again.
	void refused(Delivery delivery) {
		List<String> handlers = Effects.taking(delivery, null);
		String handler = handlers.isEmpty() ? null : handlers.getFirst();
		if (this.oracle.isOwed(new Part(Identity.of(delivery).value(), 0, handler))) {
			this.faults.count("W1 ambiguous PUT");
		}
	}

	/// Whatever was stored to be handled must be.
	private void stored(Stored object, String replica) {
		for (Copy copy : object.copies()) {
			String identity = Identity.of(copy.delivery()).value();
			String handler = copy.envelope().handler();
			if (!object.key().startsWith(SegmentKey.DEAD_LETTER)) {
				this.oracle.owes(identity, copy.envelope().run(), Effects.taking(copy.delivery(), handler));
				if (handler != null) {
					this.oracle.copied(replica, handler, identity + "." + copy.envelope().run());
				}
			}
			else {
				buried(copy);
			}
		}
	}

	private void buried(Copy copy) {
		Set<String> orphans = this.graves.add(copy);
		if (!orphans.isEmpty() || wasHad(copy)) {
			opens("W13 orphan dead letter", orphans);
		}
	}

	private boolean wasHad(Copy copy) {
		String key = Identity.of(copy.delivery()).value() + "." + copy.envelope().run();
		return Effects.taking(copy.delivery(), copy.envelope().handler())
			.stream()
			.anyMatch((handler) -> this.oracle.wasHad(handler, key));
	}

	void keeps(String how, Collection<Copy> copies) {
		for (Copy copy : copies) {
			this.oracle.keeps(how, Identity.of(copy.delivery()).value(), copy.envelope().run(),
					copy.envelope().handler());
		}
	}

}
