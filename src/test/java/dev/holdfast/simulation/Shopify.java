package dev.holdfast.simulation;

import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;

import dev.holdfast.delivery.Delivery;
import dev.holdfast.delivery.Headers;
import dev.holdfast.delivery.Identity;
import dev.holdfast.oracle.Request;

/// Sends deliveries until each is answered with 200, nine times at most; now and then once
/// more, twice at once, or with the id of another.
final class Shopify {

	/// The id of a delivery that is the end of whoever handles it.
	static final String POISON = "poison";

	private static final int ATTEMPTS = 9;

	private static final int RESENT = 12;

	/// How likely a delivery comes at the moment of the one before.
	private static final double BURST = 0.4;

	private static final List<String> TOPICS = List.of("orders/create", "orders/create", "orders/create",
			"orders/create", "products/update", "products/update", "app/uninstalled");

	private final Simulation simulation;

	private final World world;

	private final List<Delivery> sent = new ArrayList<>();

	private int open;

	Shopify(Simulation simulation) {
		this.simulation = simulation;
		this.world = simulation.world;
	}

	boolean isAnswered() {
		return this.open == 0;
	}

	/// Starts to send, over a time.
	void start(int deliveries, Duration over) {
		Duration burst = Duration.ZERO;
		for (int i = 0; i < deliveries; i++) {
			Duration when = this.world.chance(BURST) ? burst
					: Duration.ofMillis(this.world.random.nextInt((int) over.toMillis()));
			burst = when;
			String id = "delivery-" + i;
			Delivery delivery = delivery(id, "");
			int times = this.world.chance(0.15) ? 2 : 1;
			for (int time = 0; time < times; time++) {
				start(delivery, when);
			}
			if (this.world.chance(0.05)) {
				start(delivery(id, "other"), when);
			}
		}
		if (this.simulation.troubled && this.world.chance(0.1)) {
			start(delivery(POISON, ""), Duration.ofMillis(this.world.random.nextInt((int) over.toMillis())));
		}
	}

	/// Sends one delivery to each replica, when each must take it.
	void probe(Duration when) {
		this.open++;
		this.simulation.outside.after(when, "probe", () -> {
			try {
				for (Replica replica : List.copyOf(this.simulation.replicas())) {
					probe(replica);
				}
			}
			catch (InterruptedException ex) {
				throw new AssertionError(ex);
			}
			this.open--;
		});
	}

	private void probe(Replica replica) throws InterruptedException {
		Delivery delivery = delivery("probe-" + replica.name, "", TOPICS.getFirst());
		this.simulation.rules.probes(delivery);
		int status = replica.receive(delivery);
		requested(delivery, status);
		if (status != 200 && !replica.process.isDead()) {
			throw new AssertionError(replica.name + " does not recover");
		}
	}

	private void requested(Delivery delivery, int status) {
		this.simulation.oracle.requested(new Request(delivery.id().value(), Identity.of(delivery).value(),
				HexFormat.of().formatHex(delivery.bodySha256()), status));
	}

	/// Sends again what was sent before, as a client may.
	void resend() {
		for (int i = 0; i < RESENT && !this.sent.isEmpty(); i++) {
			start(this.sent.get(this.world.random.nextInt(this.sent.size())),
					Duration.ofMillis(this.world.random.nextInt(10_000)));
		}
	}

	private void start(Delivery delivery, Duration when) {
		this.open++;
		this.simulation.outside.after(when, "shopify", () -> send(delivery));
	}

	private Delivery delivery(String id, String body) {
		return delivery(id, body, TOPICS.get(this.world.random.nextInt(TOPICS.size())));
	}

	private static Delivery delivery(String id, String body, String topic) {
		return Delivery.of(Headers.of("X-Shopify-Topic", topic, "X-Shopify-Shop-Domain", "a.myshopify.com",
				"X-Shopify-Webhook-Id", id), ("{\"id\":\"" + id + body + "\"}").getBytes(StandardCharsets.UTF_8));
	}

	private void send(Delivery delivery) {
		this.sent.add(delivery);
		try {
			boolean again = true;
			for (int attempt = 0; attempt < ATTEMPTS && again; attempt++) {
				int status = this.simulation.anyReplica().receive(delivery);
				requested(delivery, status);
				again = status != 200 || this.world.chance(0.1);
				if (again) {
					this.simulation.outside.pause(Duration.ofSeconds(1L << attempt));
				}
			}
		}
		catch (InterruptedException ex) {
			throw new AssertionError(ex);
		}
		this.open--;
	}

}
