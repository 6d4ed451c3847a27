package dev.holdfast.simulation;

import java.time.Duration;
import java.util.HexFormat;
import java.util.List;
import java.util.Set;

import dev.holdfast.delivery.Delivery;
import dev.holdfast.oracle.Effect;
import dev.holdfast.process.Attempt;
import dev.holdfast.process.DeliveryHandler;
import dev.holdfast.process.Outcome;

/// A handler of a replica: has an effect, sometimes after failing, and logs it.
final class Effects implements DeliveryHandler {

	static final List<String> NAMES = List.of("books", "mail");

	/// Both take orders, one takes products, none takes the rest.
	private static final List<List<String>> TOPICS = List.of(List.of("orders/*"), List.of("orders/*", "products/*"));

	/// One in eight, by the first byte of a hash, which is signed.
	private static final int SLOW = Byte.MIN_VALUE + 32;

	private final Simulation simulation;

	private final World world;

	private final Replica replica;

	private final String name;

	private final Crashes crashes;

	Effects(Simulation simulation, Replica replica, String name, Crashes crashes) {
		this.simulation = simulation;
		this.world = simulation.world;
		this.replica = replica;
		this.name = name;
		this.crashes = crashes;
	}

	/// The handlers that take a delivery.
	static List<String> taking(Delivery delivery, String only) {
		return NAMES.stream()
			.filter((name) -> only == null || only.equals(name))
			.filter((name) -> topics(name).stream().anyMatch(delivery.topic()::matches))
			.toList();
	}

	private static List<String> topics(String name) {
		return TOPICS.get(NAMES.indexOf(name));
	}

	@Override
	public String name() {
		return this.name;
	}

	@Override
	public Set<String> topics() {
		return Set.copyOf(topics(this.name));
	}

	@Override
	public Outcome handle(Attempt attempt) throws InterruptedException {
		long begun = this.world.nanoTime();
		HandlerCalls.Call call = this.simulation.calls.begin(this.replica, this.name, attempt.idempotencyKey());
		this.world.trace(() -> this.replica.name + " calls " + this.name + " for " + attempt.delivery().id().printable()
				+ " " + attempt.idempotencyKey() + " attempt " + attempt.number());
		Set<String> abroad = this.simulation.calls.abroad(call);
		if (!abroad.isEmpty()) {
			this.simulation.opens("W14 two regions", abroad);
		}
		this.simulation.rules.called(call, attempt.number(), this.replica.running());
		boolean had = false;
		this.replica.runs(1);
		try {
			this.crashes.before("handle");
			if (attempt.delivery().id().value().equals(Shopify.POISON)) {
				this.simulation.crash(this.replica);
			}
			Outcome outcome = outcome(attempt);
			if (outcome instanceof Outcome.Retry(Duration after, String _) && after != null) {
				this.simulation.rules.asked(call, attempt.number() + 1, after);
			}
			had = outcome instanceof Outcome.Handled;
			if (had) {
				call.had();
				this.simulation.had(new Effect(this.name, attempt.idempotencyKey(), attempt.number(), this.replica.name,
						HexFormat.of().formatHex(attempt.delivery().bodySha256()), begun, this.world.nanoTime()));
				this.crashes.after("handle");
				this.simulation.faults.count("handle answered");
			}
			return outcome;
		}
		finally {
			this.replica.runs(-1);
			if (!had) {
				this.simulation.calls.failed(call);
			}
		}
	}

	private Outcome outcome(Attempt attempt) throws InterruptedException {
		boolean calm = this.simulation.isCalm();
		int dice = this.world.random.nextInt(100);
		Duration time = Duration.ofMillis(this.world.random.nextInt(200));
		if (!calm && dice < 4) {
			time = Duration.ofSeconds(this.world.random.nextInt(45));
		}
		else if (!calm && isSlow(attempt.delivery())) {
			time = Duration.ofSeconds(15 + this.world.random.nextInt(15));
		}
		if (!calm && this.simulation.troubled && dice >= 98) {
			overstay(attempt);
		}
		this.replica.process.pause(time);
		if (time.compareTo(attempt.atMost()) > 0) {
			this.simulation.rules.outlived(this.replica, attempt.idempotencyKey());
		}
		if (!calm && (dice >= 4 && dice < 34 || this.simulation.faults.isDown(this.name))) {
			this.simulation.faults.count("handle request lost");
			return (dice % 3 == 0) ? Outcome.retry(Duration.ofSeconds(this.world.random.nextInt(20)), "not yet")
					: Outcome.retry("not now");
		}
		if (!calm && dice >= 34 && dice < 38) {
			return Outcome.dead("refused", "never");
		}
		return Outcome.handled();
	}

	/// Whether every replica takes long for a delivery, so that they overlap.
	private boolean isSlow(Delivery delivery) {
		return this.simulation.troubled && delivery.bodySha256()[0] < SLOW;
	}

	/// Goes on after its deadline, deaf to interrupts.
	private void overstay(Attempt attempt) {
		long until = this.replica.process.nanoTime() + Duration.ofSeconds(40).toNanos();
		this.simulation.faults.count("handle applied late");
		this.simulation.opens("W12 handler ignores its deadline",
				Set.of(attempt.idempotencyKey().replace('.', '#') + "@" + this.name));
		while (this.replica.process.nanoTime() < until) {
			try {
				this.replica.process.pause(Duration.ofNanos(until - this.replica.process.nanoTime()));
			}
			catch (InterruptedException _) {
				// That is the point.
			}
		}
	}

}
