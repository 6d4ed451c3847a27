package dev.holdfast.simulation;

import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeoutException;
import java.util.function.Supplier;

import dev.holdfast.buffer.DeliveryBuffer;
import dev.holdfast.buffer.ObjectStore;
import dev.holdfast.buffer.StoreException;
import dev.holdfast.deadletter.DeadLetterParts;
import dev.holdfast.delivery.Copy;
import dev.holdfast.delivery.Delivery;
import dev.holdfast.delivery.Envelope;
import dev.holdfast.ledger.LedgerException;
import dev.holdfast.process.DeliveryHandler;
import dev.holdfast.process.ProcessParts;

/// A replica: killed as one, and replaced by a new one.
final class Replica {

	static final int MAX_ATTEMPTS = 6;

	/// How many deliveries one PUT holds at most, and how many handlers run at once.
	static final int MAX_DELIVERIES = 8;

	static final int CONCURRENCY = 16;

	private static final int STORE_MILLIS = 20;

	private static final int REDIS_MILLIS = 3;

	/// How long a request may wait for the buffer, and a client for an answer.
	private static final Duration HOLD = Duration.ofMillis(3900);

	private static final Duration CLIENT = Duration.ofSeconds(5);

	final String name;

	final World.Process process;

	final SimulatedRedis redis;

	final SimulatedLedger ledger;

	/// Its ways to the store and to Redis.
	final Wire toStore;

	final Wire toRedis;

	private final Simulation simulation;

	private final ProcessParts parts;

	private final DeadLetterParts deadLetters;

	private int running;

	Replica(Simulation simulation, String name, SimulatedRedis redis) {
		World world = simulation.world;
		this.simulation = simulation;
		this.name = name;
		this.redis = redis;
		this.process = world.new Process(Duration.ofSeconds(world.random.nextInt(600) - 300));
		Crashes crashes = simulation.crashes.of(() -> simulation.crash(this));
		this.process.crashes(crashes);
		this.toStore = new Wire(world, simulation.faults, simulation.outside, crashes, STORE_MILLIS,
				() -> simulation.freeze(this));
		this.toRedis = new Wire(world, simulation.faults, simulation.outside, crashes, REDIS_MILLIS,
				() -> simulation.freeze(this));
		this.ledger = new SimulatedLedger(redis, new Network());
		ObjectStore store = simulation.store.client(name, this.toStore, () -> simulation.crash(this), this::slowedDown);
		List<DeliveryHandler> handlers = Effects.NAMES.stream()
			.<DeliveryHandler>map((handler) -> new Effects(simulation, this, handler, crashes))
			.toList();
		this.parts = new ProcessParts(store, this.ledger, handlers, this.process, world.random, simulation.meters,
				new ProcessParts.Settings(MAX_DELIVERIES, CONCURRENCY, Duration.ofSeconds(30), MAX_ATTEMPTS));
		this.deadLetters = new DeadLetterParts(store, this.parts.bufferParts().writer(), this.ledger,
				this.parts.bufferParts().clock(), this.process, simulation.meters, simulation.retention);
		this.parts.start();
		this.deadLetters.start();
	}

	private void slowedDown() {
		this.parts.bufferParts().slowedDown();
	}

	/// How many calls of handlers run.
	int running() {
		return this.running;
	}

	void runs(int more) {
		this.running += more;
	}

	/// Whether it knows the store's time: it was not frozen when it was told.
	boolean isOnTime() {
		return !this.process.wasFrozen(Duration.ofHours(1));
	}

	/// Receives as the controller does; a client whose replica dies gets no answer.
	/// @return the answer, or 0 if the client got none
	int receive(Delivery delivery) throws InterruptedException {
		CompletableFuture<Integer> answer = new CompletableFuture<>();
		this.process.start("receive", () -> {
			long begun = this.process.nanoTime();
			boolean down = this.simulation.store.isDown(this.name) && this.toStore.isCut();
			try {
				this.parts.buffer()
					.hold(new Copy(delivery, Envelope.received(this.process.now(), "current")),
							this.process.nanoTime() + HOLD.toNanos(), () -> {
							});
				this.simulation.acknowledged(delivery);
				answer.complete(this.simulation.faults.strike("W2 200 lost") ? 0 : 200);
			}
			catch (DeliveryBuffer.NotHeldException _) {
				this.simulation.refused(delivery);
				this.simulation.rules.refused(this, delivery, down ? begun : this.process.nanoTime());
				answer.complete(503);
			}
			catch (InterruptedException _) {
				answer.complete(0);
			}
			this.simulation.rules.answered(this, delivery, begun);
		});
		try {
			return this.simulation.outside.await(answer, CLIENT);
		}
		catch (TimeoutException _) {
			return 0;
		}
		catch (ExecutionException ex) {
			throw new AssertionError(ex);
		}
	}

	/// Does what an operator asks it for, here.
	void operate(String what, Operation operation) {
		this.process.start(what, () -> {
			try {
				operation.on(this.deadLetters);
				this.simulation.faults.count(what);
			}
			catch (StoreException | LedgerException _) {
				// The dead letter is still there, or it was done.
			}
			catch (InterruptedException _) {
				Thread.currentThread().interrupt();
			}
		});
	}

	/// Stops as a container does.
	/// @param then when it has
	void stop(Runnable then) {
		this.process.start("stop", () -> {
			this.deadLetters.stop();
			this.parts.stop();
			then.run();
		});
	}

	/// What an operator asks for.
	interface Operation {

		void on(DeadLetterParts deadLetters) throws StoreException, LedgerException, InterruptedException;

	}

	/// The way to Redis.
	private final class Network implements SimulatedLedger.Calls {

		@Override
		public <T> T call(String name, Supplier<Object> arguments, Supplier<T> effect) throws LedgerException {
			boolean changes = !name.equals("closed");
			return Replica.this.toRedis.call(name, changes, () -> {
				Replica.this.redis.begins();
				T answer = effect.get();
				Replica.this.simulation.world
					.trace(() -> Replica.this.name + " " + name + " " + arguments.get() + " -> " + answer);
				return answer;
			}, (how) -> new LedgerException(how, new IllegalStateException()));
		}

		@Override
		public boolean isAvailable() {
			return !Replica.this.toRedis.isCut();
		}

	}

}
