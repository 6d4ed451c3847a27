package dev.holdfast.process;

import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.Set;

import dev.holdfast.buffer.ForeignObjects;
import dev.holdfast.buffer.Deletes;
import dev.holdfast.buffer.SegmentKey;
import dev.holdfast.buffer.SegmentWriter;
import dev.holdfast.buffer.StoreClock;
import dev.holdfast.buffer.StoreException;
import dev.holdfast.buffer.StorePressure;
import dev.holdfast.delivery.Copy;
import dev.holdfast.delivery.Delivery;
import dev.holdfast.delivery.Envelope;
import dev.holdfast.delivery.Headers;
import dev.holdfast.ledger.Ledger;
import dev.holdfast.ledger.Ledger.Claim;
import dev.holdfast.ledger.LedgerException;
import dev.holdfast.simulation.SimulatedLedger;
import dev.holdfast.simulation.SimulatedRedis;
import dev.holdfast.simulation.World;
import dev.holdfast.telemetry.Conditions;
import dev.holdfast.telemetry.Meters;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;

/// The parts of processing, each within reach, over a store, a ledger and a time that tests
/// step.
final class Bench {

	final World world = new World(1);

	/// What the store and the ledger were asked and the handlers called for, in order.
	final List<String> events = new ArrayList<>();

	final BenchStore store = new BenchStore(this.world, this.events);

	final SimulatedRedis redis = new SimulatedRedis(this.world::nanoTime);

	final SimpleMeterRegistry meters = new SimpleMeterRegistry();

	final Conditions conditions = new Conditions(this.meters);

	final Random random = new Random(1);

	final SegmentWriter writer = new SegmentWriter(this.store, this.random);

	final BenchWire wire = new BenchWire(this.world, this.events);

	/// A replica with these handlers.
	Host host(DeliveryHandler... handlers) {
		return new Host(List.of(handlers), Set.of());
	}

	Host host(Set<String> ignored, DeliveryHandler... handlers) {
		return new Host(List.of(handlers), ignored);
	}

	static Copy copy(String id) {
		return copy(id, "orders/create");
	}

	static Copy copy(String id, String topic) {
		return new Copy(
				Delivery.of(Headers.of("X-Shopify-Topic", topic, "X-Shopify-Shop-Domain", "a.myshopify.com",
						"X-Shopify-Webhook-Id", id), "{}".getBytes(StandardCharsets.US_ASCII)),
				Envelope.received(World.EPOCH, "current"));
	}

	SegmentKey stored(Copy... copies) {
		return stored(SegmentKey.INBOX, copies);
	}

	SegmentKey stored(String folder, Copy... copies) {
		try {
			return this.writer.write(folder, this.world.time(), List.of(copies));
		}
		catch (StoreException ex) {
			throw new AssertionError(ex);
		}
	}

	/// Takes time, in a process of the world.
	static void wait(World.Process process, Duration time) {
		try {
			process.pause(time);
		}
		catch (InterruptedException ex) {
			throw new AssertionError(ex);
		}
	}

	void pass(Duration time) {
		this.world.pass(time);
	}

	double count(Meters meter, String... tags) {
		return this.meters.counter(meter.id(), tags).count();
	}

	int indexOf(String event) {
		for (int i = 0; i < this.events.size(); i++) {
			if (this.events.get(i).contains(event)) {
				return i;
			}
		}
		throw new AssertionError(event + " is not among " + this.events);
	}

	long times(String event) {
		return this.events.stream().filter((happened) -> happened.contains(event)).count();
	}

	/// A replica.
	final class Host {

		final World.Process process = Bench.this.world.new Process(Duration.ZERO);

		final Ledger ledger = new SimulatedLedger(Bench.this.redis, Bench.this.wire);

		final ProcessMeters counts = new ProcessMeters(Bench.this.meters);

		final StoreClock clock = new StoreClock(this.process, Bench.this.conditions);

		final Leases leases = new Leases(this.ledger, this.process, Bench.this.random);

		final Marks marks = new Marks(this.ledger, this.process, Bench.this.meters);

		final Deletes deletes = new Deletes(Bench.this.store, this.process, Bench.this.meters);

		final HandlerRunner runner = new HandlerRunner((work) -> this.process.start("handler", work), this.process,
				Duration.ofSeconds(30), 16, Bench.this.conditions);

		final RetryPolicy policy = new RetryPolicy(20, Duration.ofHours(72));

		final Parking parking = new Parking(Bench.this.writer, this.clock, this.process);

		final NextCopies nextCopies = new NextCopies(Bench.this.writer, this.parking, this.policy, this.clock,
				this.process, Bench.this.random);

		final NameMarker marker = new NameMarker(Bench.this.store, "bench", this.process, Bench.this.conditions);

		final Handlers handlers;

		final DeliveryCaller caller;

		final SegmentWorker worker;

		final Workers workers;

		final Poller poller;

		final HandOff handOff;

		Host(List<DeliveryHandler> handlers, Set<String> ignored) {
			this.handlers = new Handlers(handlers, ignored, this.process, Bench.this.conditions);
			this.caller = new DeliveryCaller(this.handlers, this.runner, this.counts, this.process, Bench.this.random);
			DeliveryFinisher finisher = new DeliveryFinisher(this.caller, this.handlers, this.nextCopies, this.marks,
					this.policy, this.clock, this.process, this.counts);
			this.worker = new SegmentWorker(this.ledger, this.leases, new SegmentReader(Bench.this.store, this.process),
					Bench.this.writer, finisher, this.deletes, this.clock, this.process, Bench.this.conditions,
					this.counts, this.runner::isStopping);
			this.workers = new Workers(this.worker, this.process, 64L << 20);
			Readiness readiness = new Readiness(this.handlers, this.runner, this.ledger, this.marker,
					new StorePressure(this.process), this.clock, Bench.this.conditions);
			Candidates candidates = new Candidates(Bench.this.store, this.clock,
					new Backlog(this.process, Bench.this.meters), new ForeignObjects(Bench.this.conditions),
					Duration.ofSeconds(5));
			this.poller = new Poller(readiness, candidates, this.ledger, this.leases, this.workers, this.deletes,
					this.counts, Duration.ofSeconds(5), Bench.this.random);
			this.handOff = new HandOff(this.workers, this.leases, readiness::isReady, this.process, this.counts,
					64L << 20);
		}

		/// Claims a segment, and begins to work on it.
		void work(SegmentKey segment) {
			this.process.start("work", () -> {
				try {
					String token = this.leases.token();
					Claim claim = this.ledger.claim(List.of(segment.id()), token, Leases.LEASE).getFirst();
					Bench.this.events.add(claim.toString());
					if (claim instanceof Claim.Claimed(int claims, boolean revisited)) {
						this.worker.work(Visit.claimed(segment,
								this.leases.open(segment.id(), token, Bench.this.world.nanoTime()), claims, revisited));
					}
				}
				catch (LedgerException | InterruptedException ex) {
					throw new AssertionError(ex);
				}
			});
			Bench.this.world.settle();
		}

		/// Works on a segment for as long as it takes.
		void workToItsEnd(SegmentKey segment) {
			work(segment);
			Bench.this.world.pass(Duration.ofSeconds(10));
		}

		/// One look of the poller, and all that follows from it now.
		void poll() {
			this.process.start("poll", () -> {
				try {
					this.poller.step(false);
				}
				catch (StoreException | LedgerException ex) {
					Bench.this.events.add("poll failed " + ex.getMessage());
				}
				catch (InterruptedException _) {
					Thread.currentThread().interrupt();
				}
			});
			Bench.this.world.settle();
		}

	}

	/// A handler that does as a test says.
	final class Scripted implements DeliveryHandler {

		private final String name;

		private final Script script;

		final List<Attempt> attempts = new ArrayList<>();

		int running;

		int mostRunning;

		Scripted(String name, Script script) {
			this.name = name;
			this.script = script;
		}

		List<String> ids() {
			return this.attempts.stream().map((attempt) -> attempt.delivery().id().value()).toList();
		}

		@Override
		public String name() {
			return this.name;
		}

		@Override
		public Set<String> topics() {
			return Set.of("orders/*");
		}

		@Override
		public Outcome handle(Attempt attempt) throws Exception {
			this.attempts.add(attempt);
			Bench.this.events.add("call " + this.name + " " + attempt.delivery().id().value());
			this.mostRunning = Math.max(this.mostRunning, ++this.running);
			try {
				return this.script.handle(attempt);
			}
			finally {
				this.running--;
				Bench.this.events.add("end " + this.name + " " + attempt.delivery().id().value());
			}
		}

	}

	/// What a handler does.
	interface Script {

		Outcome handle(Attempt attempt) throws Exception;

	}

}
