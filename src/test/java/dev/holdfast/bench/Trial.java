package dev.holdfast.bench;

import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.concurrent.locks.LockSupport;

import org.jspecify.annotations.Nullable;

/// One repetition of a scenario.
final class Trial implements AutoCloseable {

	static final int CAP = 750;

	private static final Duration DRAINED = Duration.ofMinutes(10);

	private static final long TICK = Duration.ofMillis(100).toNanos();

	private static final String DRAINING_HEAP = "256m";

	private final Options options;

	private final Payloads payloads;

	private final Progress progress;

	private StubStore.Settings settings;

	private int replicas = 1;

	private @Nullable Stand stand;

	private double peak;

	Trial(Options options, Payloads payloads, Progress progress) {
		this.options = options;
		this.payloads = payloads;
		this.progress = progress;
		this.settings = options.store();
	}

	/// The store while it is measured; the warm-up has the usual one.
	Trial store(StubStore.Settings settings) {
		this.settings = settings;
		return this;
	}

	Trial replicas(int count) {
		this.replicas = count;
		return this;
	}

	/// Webhooks per second that full load reached at the end of the warm-up.
	double peak() {
		warmUp();
		return (this.options.peak() > 0) ? this.options.peak() : this.peak;
	}

	private Stand warmUp() {
		if (this.stand != null) {
			return this.stand;
		}
		this.progress.show("starts");
		Stand stand = new Stand(this.options, this.options.store());
		this.stand = stand;
		stand.start(this.replicas, this.options.heap());
		Duration time = this.options.warmUp();
		Tally tally = run(stand, "warm-up",
				Load.closed(this.options.connections(), time).atMost(this.options.warmUpRequests()));
		this.peak = tally.lately();
		awaitDrained(stand);
		return stand;
	}

	private Tally run(Stand stand, String what, Load load) {
		Generator generator = new Generator(load, this.payloads, stand.journal(), stand.addresses());
		Thread thread = Thread.ofPlatform().name(Generator.THREAD).start(generator);
		Tally tally = generator.tally();
		while (thread.isAlive()) {
			LockSupport.parkNanos(TICK);
			tally.tick(System.nanoTime());
			this.progress.show("%s, %,d accepted, %,.0f/s".formatted(what, tally.soFar, tally.lately()));
		}
		return tally;
	}

	/// Waits until what was accepted has had its effect and the bucket is empty.
	/// @return how long that took, in seconds; NaN where it did not come
	private double awaitDrained(Stand stand) {
		long start = System.nanoTime();
		int accepted = stand.journal().acknowledged();
		while (System.nanoTime() - start < DRAINED.toNanos()) {
			int handled = stand.effects().poll();
			if (handled >= accepted && stand.isDrained()) {
				return (System.nanoTime() - start) / 1e9;
			}
			this.progress.show("drains, %,d of %,d handled".formatted(handled, accepted));
			LockSupport.parkNanos(TICK);
		}
		return Double.NaN;
	}

	/// Measures a load, until the last of its deliveries is processed.
	Map<String, Object> load(Load load) {
		Stand stand = warmUp();
		stand.store().configure(this.settings);
		stand.resetPeak();
		Stand.Usage before = stand.usage();
		Tally tally = run(stand, "measures", load);
		double drained = awaitDrained(stand);
		Stand.Usage after = stand.usage();
		Map<String, Object> figures = new LinkedHashMap<>();
		if (this.peak > 0) {
			figures.put(Figures.PEAK, this.peak);
		}
		figures.putAll(Figures.received(tally));
		figures.putAll(Figures.used(before, after, stand.peak(), tally.soFar, tally));
		figures.putAll(Figures.processed(stand, before.at()));
		figures.put("drained after s", drained);
		figures.putAll(Figures.reckoning(stand));
		return figures;
	}

	/// Measures how a backlog is worked off by a replica that has just started.
	Map<String, Object> drain(int deliveries, int each, StubStore.Settings settings) {
		Stand stand = new Stand(this.options, settings);
		this.stand = stand;
		new Backlog(this.payloads, stand.store().bucket()).fill(stand.journal(), deliveries, each, this.progress);
		stand.start(this.replicas, DRAINING_HEAP);
		Stand.Usage before = stand.usage();
		Tenths tenths = new Tenths(stand, deliveries);
		long start = System.nanoTime();
		int handled = stand.effects().poll();
		while (handled < deliveries && System.nanoTime() - start < DRAINED.toNanos()) {
			LockSupport.parkNanos(TICK);
			handled = stand.effects().poll();
			tenths.sample(handled);
			this.progress.show("drains, %,d of %,d handled".formatted(handled, deliveries));
		}
		awaitDrained(stand);
		Stand.Usage after = stand.usage();
		Map<String, Object> figures = new LinkedHashMap<>();
		figures.putAll(Figures.used(before, after, stand.peak(), deliveries, null));
		figures.putAll(tenths.figures());
		figures.putAll(Figures.reckoning(stand));
		return figures;
	}

	@Override
	public void close() {
		if (this.stand != null) {
			this.stand.close();
		}
	}

}
