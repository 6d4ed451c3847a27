package dev.holdfast.simulation;

import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.function.Supplier;

import dev.holdfast.buffer.DeliveryBuffer;
import dev.holdfast.buffer.ObjectStore;
import dev.holdfast.buffer.SegmentKey;
import dev.holdfast.buffer.SegmentWriter;
import dev.holdfast.buffer.StoreClock;
import dev.holdfast.buffer.StoreException;
import dev.holdfast.deadletter.DeadLetterParts;
import dev.holdfast.delivery.Copy;
import dev.holdfast.delivery.Delivery;
import dev.holdfast.delivery.Envelope;
import dev.holdfast.delivery.Headers;
import dev.holdfast.ledger.LedgerException;
import dev.holdfast.process.Attempt;
import dev.holdfast.process.DeliveryHandler;
import dev.holdfast.process.Outcome;
import dev.holdfast.process.ProcessParts;
import dev.holdfast.telemetry.Conditions;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;

/// One run: Shopify sends, replicas receive and process, an operator replays, things go
/// wrong; then nothing goes wrong any more, and everything must come to its end.
final class Simulation {

	static final int DELIVERIES = 50;

	private static final int REPLICAS = 3;

	private static final Duration TROUBLE = Duration.ofMinutes(4);

	private static final Duration DRAIN = Duration.ofHours(12);

	final World world;

	final Faults faults;

	private final World.Process outside;

	private final SimulatedStore store;

	private final SimulatedLedger.Shared redis;

	private final List<Replica> replicas = new ArrayList<>();

	private final SimpleMeterRegistry meters = new SimpleMeterRegistry();

	private final Oracle oracle;

	private final boolean troubled;

	private int open;

	private boolean calm;

	/// @param faultRate how likely each fault of a call is
	/// @param troubled whether replicas and Redis fail, too
	Simulation(long seed, double faultRate, boolean troubled) {
		this.troubled = troubled;
		this.world = new World(seed);
		this.faults = new Faults(this.world, faultRate);
		this.oracle = new Oracle(this.world, this.faults);
		this.outside = this.world.new Process(Duration.ZERO);
		this.store = new SimulatedStore(this.world, this.faults, this.outside);
		this.redis = new SimulatedLedger.Shared(this.world::nanoTime);
	}

	/// Runs it to its end.
	/// @throws AssertionError with what is wrong
	void run() {
		for (int i = 0; i < REPLICAS; i++) {
			this.replicas.add(new Replica());
		}
		for (int i = 0; i < DELIVERIES; i++) {
			String id = "delivery-" + i;
			Duration when = Duration.ofMillis(this.world.random.nextInt(120_000));
			int times = this.world.chance(0.15) ? 2 : 1;
			for (int time = 0; time < times; time++) {
				this.open++;
				this.outside.after(when, "shopify", () -> send(id));
			}
		}
		if (this.troubled) {
			this.outside.start("trouble", this::trouble);
		}
		this.outside.start("operator", this::operate);
		this.world.runUntil(TROUBLE, () -> false);
		this.faults.end();
		this.calm = true;
		for (int i = 0; i < REPLICAS; i++) {
			if (this.replicas.get(i).process.isDead()) {
				this.replicas.set(i, new Replica());
			}
		}
		this.world.runUntil(DRAIN, this::isDrained);
		check();
	}

	private boolean isDrained() {
		return this.open == 0 && this.store.under(SegmentKey.INBOX).isEmpty()
				&& this.store.under(SegmentKey.RETRY).isEmpty();
	}

	private void check() {
		if (!isDrained()) {
			throw new AssertionError("stuck: " + this.open + " open, " + this.store.under(SegmentKey.INBOX).keySet()
					+ this.store.under(SegmentKey.RETRY).keySet());
		}
		this.oracle.judge(this.store, Effect.NAMES);
	}

	int repeats() {
		return this.oracle.repeats();
	}

	private Delivery delivery(String id) {
		return Delivery.of(Headers.of("X-Shopify-Topic", "orders/create", "X-Shopify-Shop-Domain", "a.myshopify.com",
				"X-Shopify-Webhook-Id", id), ("{\"id\":\"" + id + "\"}").getBytes(StandardCharsets.UTF_8));
	}

	/// Shopify: sends until it is answered with 200, 9 times at most, and now and then
	/// once
	/// more.
	private void send(String id) {
		Delivery delivery = delivery(id);
		this.oracle.sends(delivery);
		try {
			boolean again = true;
			for (int attempt = 0; attempt < 9 && again; attempt++) {
				Replica replica = this.replicas.get(this.world.random.nextInt(REPLICAS));
				again = !replica.receive(delivery, id) || this.world.chance(0.1);
				if (again) {
					this.outside.pause(Duration.ofSeconds(1L << attempt));
				}
			}
		}
		catch (InterruptedException ex) {
			throw new AssertionError(ex);
		}
		this.open--;
	}

	/// Replicas crash, restart and freeze; Redis fails over and forgets.
	private void trouble() {
		try {
			while (!this.faults.areOver()) {
				this.outside.pause(Duration.ofMillis(this.world.random.nextInt(12_000)));
				int victim = this.world.random.nextInt(REPLICAS);
				if (this.faults.areOver()) {
					return;
				}
				switch (this.world.random.nextInt(9)) {
					case 0, 1, 2 -> {
						this.oracle.window("W3 crash after effect");
						this.replicas.get(victim).process.kill();
						this.replicas.set(victim, new Replica());
					}
					case 3 -> {
						this.oracle.window("W4 lease overrun");
						this.replicas.get(victim).process.freeze(Duration.ofSeconds(5 + this.world.random.nextInt(60)));
					}
					case 4, 5 -> {
						this.oracle.window("W5 failover tail");
						this.redis.failOver(1 + this.world.random.nextInt(20));
					}
					case 7 -> {
						this.oracle.window("W7 redis clock jump");
						this.redis.endAllLeases();
					}
					case 6 -> {
						if (this.world.chance(0.3)) {
							this.oracle.window("W6 dedupe memory gone");
							this.redis.flush();
						}
					}
					default -> {
						this.oracle.window("stop interrupts");
						Replica stopped = this.replicas.get(victim);
						this.replicas.set(victim, new Replica());
						stopped.stop();
					}
				}
			}
		}
		catch (InterruptedException ex) {
			throw new AssertionError(ex);
		}
	}

	/// An operator who replays dead letters, now and then with a double click.
	private void operate() {
		ObjectStore client = this.store.client();
		DeadLetterParts deadLetters = new DeadLetterParts(client, new SegmentWriter(client, this.world.random),
				new SimulatedLedger(this.redis, new Network()),
				new StoreClock(this.outside, new Conditions(this.meters)), this.meters);
		try {
			for (int i = 0; i < 10; i++) {
				this.outside.pause(Duration.ofSeconds(15));
				List<String> keys = List.copyOf(this.store.under(SegmentKey.DEAD_LETTER).keySet());
				if (!keys.isEmpty()) {
					String key = keys.get(this.world.random.nextInt(keys.size()));
					int clicks = this.world.chance(0.3) ? 2 : 1;
					for (int click = 0; click < clicks; click++) {
						this.outside.start("replay", () -> replay(deadLetters, key));
					}
				}
			}
		}
		catch (InterruptedException ex) {
			throw new AssertionError(ex);
		}
	}

	private void replay(DeadLetterParts deadLetters, String key) {
		try {
			if (deadLetters.replay(key, this.world.chance(0.2))) {
				this.faults.happened("replay");
			}
		}
		catch (StoreException | LedgerException _) {
			// The dead letter is still there, or its replay is stored.
		}
	}

	/// Has an effect, sometimes after failing, and counts it.
	private final class Effect implements DeliveryHandler {

		static final List<String> NAMES = List.of("books", "mail");

		private final String name;

		private final World.Process process;

		Effect(String name, World.Process process) {
			this.name = name;
			this.process = process;
		}

		@Override
		public String name() {
			return this.name;
		}

		@Override
		public Set<String> topics() {
			return Set.of("*");
		}

		@Override
		public Outcome handle(Attempt attempt) throws InterruptedException {
			int dice = Simulation.this.world.random.nextInt(100);
			Duration time = Duration.ofMillis(Simulation.this.world.random.nextInt(200));
			if (!Simulation.this.calm && dice < 4) {
				time = Duration.ofSeconds(Simulation.this.world.random.nextInt(45));
			}
			Simulation.this.world.trace(() -> "call " + this.name + " " + attempt.delivery().id().printable() + " "
					+ attempt.idempotencyKey() + " attempt " + attempt.number());
			if (Simulation.this.troubled && !Simulation.this.calm && dice >= 98) {
				overstay(this.name + " " + attempt.idempotencyKey());
			}
			this.process.pause(time);
			if (!Simulation.this.calm && dice >= 4 && dice < 34) {
				return Outcome.retry("not now");
			}
			if (!Simulation.this.calm && dice >= 34 && dice < 38) {
				return Outcome.dead("refused", "never");
			}
			Simulation.this.world.trace(() -> "effect " + this.name + " " + attempt.delivery().id().printable() + " "
					+ attempt.idempotencyKey());
			Simulation.this.oracle.had(this.name + " " + attempt.idempotencyKey());
			return Outcome.handled();
		}

		/// Goes on after its deadline, deaf to interrupts.
		private void overstay(String key) {
			long until = this.process.nanoTime() + Duration.ofSeconds(40).toNanos();
			Simulation.this.oracle.overstays(key);
			while (this.process.nanoTime() < until) {
				try {
					this.process.pause(Duration.ofNanos(until - this.process.nanoTime()));
				}
				catch (InterruptedException _) {
					// That is the point.
				}
			}
		}

	}

	/// A replica: killed as one, and replaced by a new one.
	private final class Replica {

		private final World.Process process = Simulation.this.world.new Process(
				Duration.ofSeconds(Simulation.this.world.random.nextInt(600) - 300));

		private final ProcessParts parts;

		Replica() {
			List<DeliveryHandler> handlers = Effect.NAMES.stream()
				.<DeliveryHandler>map((name) -> new Effect(name, this.process))
				.toList();
			this.parts = new ProcessParts(Simulation.this.store.client(),
					new SimulatedLedger(Simulation.this.redis, new Network()), handlers, this.process,
					Simulation.this.world.random, Simulation.this.meters,
					new ProcessParts.Settings(8, 16, Duration.ofSeconds(30), 6));
			this.parts.start();
		}

		/// Receives as the controller does; a client whose replica dies gets no answer.
		boolean receive(Delivery delivery, String id) throws InterruptedException {
			java.util.concurrent.CompletableFuture<Boolean> answer = new java.util.concurrent.CompletableFuture<>();
			this.process.start("receive", () -> {
				try {
					this.parts.buffer()
						.hold(new Copy(delivery, Envelope.received(this.process.now(), "current")),
								this.process.nanoTime() + Duration.ofMillis(3900).toNanos());
					Simulation.this.oracle.acknowledged(delivery);
					answer.complete(!Simulation.this.faults.strike("200 lost"));
				}
				catch (DeliveryBuffer.NotHeldException _) {
					answer.complete(false);
				}
				catch (InterruptedException _) {
					answer.complete(false);
				}
			});
			try {
				return Simulation.this.outside.await(answer, Duration.ofSeconds(5));
			}
			catch (java.util.concurrent.TimeoutException _) {
				return false;
			}
			catch (java.util.concurrent.ExecutionException ex) {
				throw new AssertionError(ex);
			}
		}

		void stop() {
			this.process.start("stop", () -> {
				this.parts.stop();
				this.process.kill();
			});
		}

	}

	/// The way of one replica to Redis.
	private final class Network implements SimulatedLedger.Calls {

		@Override
		public <T> T call(String name, Object arguments, Supplier<T> effect) throws LedgerException {
			Simulation.this.world.moment(3);
			if (Simulation.this.faults.strike(name + " request lost")) {
				throw new LedgerException("no answer", new IllegalStateException());
			}
			if (!Simulation.this.faults.areOver()) {
				Simulation.this.redis.snapshot();
			}
			T answer = effect.get();
			Simulation.this.world.trace(() -> "redis " + name + " " + arguments + " -> " + answer);
			Simulation.this.world.moment(3);
			if (Simulation.this.faults.strike(name + " answer lost")) {
				throw new LedgerException("no answer", new IllegalStateException());
			}
			return answer;
		}

	}

}
