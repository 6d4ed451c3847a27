package dev.holdfast.destination;

import java.util.Set;

import dev.holdfast.delivery.Delivery;
import dev.holdfast.process.Attempt;
import dev.holdfast.process.DeliveryHandler;
import dev.holdfast.process.Outcome;
import dev.holdfast.telemetry.LogKeys;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Handles every delivery by logging one line about it, nothing of its payload. It is for
/// development: a delivery that it handled alone is gone.
final class LogHandler implements DeliveryHandler {

	static final String NAME = "log";

	private static final Logger logger = LoggerFactory.getLogger(LogHandler.class);

	@Override
	public String name() {
		return NAME;
	}

	@Override
	public Set<String> topics() {
		return Set.of("*");
	}

	@Override
	public Outcome handle(Attempt attempt) {
		Delivery delivery = attempt.delivery();
		logger.atInfo()
			.addKeyValue(LogKeys.TOPIC, delivery.topic().printable())
			.addKeyValue(LogKeys.SHOP, delivery.shopDomain().printable())
			.addKeyValue(LogKeys.DELIVERY_ID, delivery.id().printable())
			.addKeyValue(LogKeys.BYTES, delivery.body().length)
			.addKeyValue(LogKeys.ATTEMPT, attempt.number())
			.log("delivery handled");
		return Outcome.handled();
	}

}
