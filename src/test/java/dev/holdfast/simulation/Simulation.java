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
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;

/// One run: Shopify sends, replicas receive and process, an operator replays, things go
/// wrong; then nothing goes wrong any more, and everything must come to its end.
final class Simulation {

	static final int DELIVERIES = 50;

	static final int LEAST_FAULTS = 3;

	private static final int REPLICAS = 3;

	private static final int CRASHES = 4;

	private static final Duration RETENTION = Duration.ofDays(30);

	private static final Duration SHORT_RETENTION = Duration.ofSeconds(40);

	private static final Duration SENDING = Duration.ofSeconds(75);

	private static final Duration TROUBLE = Duration.ofSeconds(150);

	/// After the last fault each replica has recovered.
	private static final Duration RECOVERED = TROUBLE.plusSeconds(100);

	private static final Duration DRAIN = Duration.ofHours(2);

	final World world;

	final Faults faults;

	final Oracle oracle = new Oracle();

	final World.Process outside;

	final Crashes.Plan crashes;

	final SimulatedStore store;

	final SimulatedRedis redis;

	final HandlerCalls calls = new HandlerCalls();

	final SimpleMeterRegistry meters = new SimpleMeterRegistry();

	final Rules rules;

	final boolean troubled;

	private final boolean faultless;

	/// How long dead letters are kept.
	final Duration retention;

	/// The Redis of a second region that shares the bucket, in a few runs.
	private final SimulatedRedis abroad;

	private final List<Replica> replicas = new ArrayList<>();

	final Shopify shopify;

	private final Graves graves = new Graves();

	private int started;

	private boolean calm;

	/// @param faultRate how likely each fault of a call is
	/// @param troubled whether replicas and Redis fail, too
	Simulation(long seed, double faultRate, boolean troubled) {
		this.troubled = troubled;
		this.faultless = faultRate == 0;
		this.world = new World(seed);
		this.rules = new Rules(this);
		this.faults = new Faults(this.world, faultRate);
		this.outside = this.world.new Process(Duration.ZERO);
		this.crashes = new Crashes.Plan(this.world, this.faults, troubled ? CRASHES : 0);
		this.store = new SimulatedStore(this.world, this.faults, this.rules, this::stored, this::deleted);
		this.redis = new SimulatedRedis(this.world::nanoTime);
		this.abroad = (troubled && this.world.chance(0.03)) ? new SimulatedRedis(this.world::nanoTime) : this.redis;
		this.retention = (troubled && this.world.chance(0.1)) ? SHORT_RETENTION : RETENTION;
		this.shopify = new Shopify(this);
	}

	/// Runs it to its end.
	/// @throws AssertionError with what is wrong
	Judgement run() {
		for (int i = 0; i < REPLICAS; i++) {
			this.replicas.add(replica(i));
		}
		this.shopify.start(DELIVERIES, SENDING);
		this.shopify.probe(RECOVERED);
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
			if (letter.copies().stream().anyMatch(this::wasHad)) {
				this.faults.count("W13 orphan dead letter");
			}
		}
		this.rules.check();
		Judgement judgement = this.oracle.judge();
		if (!judgement.isClean()) {
			throw new AssertionError(judgement.problems());
		}
		return judgement;
	}

	/// How often a record was begun, or a segment claimed, in whichever Redis.
	int taken(String name) {
		return this.redis.taken(name) + ((this.abroad != this.redis) ? this.abroad.taken(name) : 0);
	}

	Replica anyReplica() {
		return this.replicas.get(this.world.random.nextInt(REPLICAS));
	}

	List<Replica> replicas() {
		return this.replicas;
	}

	/// Whether nothing goes wrong in this run at all.
	boolean isPeaceful() {
		return !this.troubled && this.faultless;
	}

	boolean isCalm() {
		return this.calm;
	}

	/// Lets a replica do nothing for a time.
	void freeze(Replica replica) {
		freeze(replica, Duration.ofSeconds(5 + this.world.random.nextInt(60)));
	}

	void freeze(Replica replica, Duration time) {
		if (this.troubled) {
			opens("W4 lease overrun, frozen", replica);
			replica.process.freeze(time);
		}
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
		this.rules.opened(exposed.keySet(), hit);
		this.faults.happened(name);
		this.world.trace(() -> name + " over " + records);
		this.oracle.opened(new Window(name, this.world.nanoTime(), exposed, replica));
	}

	void had(Effect effect) {
		this.world.trace(effect::toString);
		this.oracle.had(effect);
	}

	void acknowledged(Delivery delivery) {
		this.rules.acknowledged(delivery);
		this.oracle.owes(Identity.of(delivery).value(), 0, Effects.taking(delivery, null));
	}

	/// A client is told to send it again.
	void refused(Delivery delivery) {
		this.rules.refused(delivery);
		List<String> handlers = Effects.taking(delivery, null);
		String handler = handlers.isEmpty() ? null : handlers.getFirst();
		if (this.oracle.isOwed(new Part(Identity.of(delivery).value(), 0, handler))) {
			this.faults.count("W1 ambiguous PUT");
		}
	}

	/// Whatever was stored to be handled must be.
	private void stored(Stored object, String replica) {
		this.rules.stored(object);
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

	/// A dead letter may only go by an operator's word, or when it is old.
	private void deleted(Stored object) {
		if (object.key().startsWith(SegmentKey.DEAD_LETTER) && this.rules.isOld(object)) {
			this.faults.count("dead letter swept");
			keeps("retention", object.copies());
		}
		this.rules.deleted(object);
	}

	/// Whether one of its handlers handled it.
	boolean wasHad(Copy copy) {
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
