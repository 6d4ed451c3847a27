package dev.holdfast.process;

import dev.holdfast.buffer.StoreClock;
import dev.holdfast.buffer.StoreException;
import dev.holdfast.buffer.StorePressure;
import dev.holdfast.ledger.Ledger;
import dev.holdfast.telemetry.Condition;
import dev.holdfast.telemetry.Conditions;

/// Whether this replica may claim, and says why when it may not.
final class Readiness {

	private final Handlers handlers;

	private final HandlerRunner runner;

	private final Ledger ledger;

	private final NameMarker marker;

	private final StorePressure pressure;

	private final StoreClock clock;

	private final Conditions conditions;

	Readiness(Handlers handlers, HandlerRunner runner, Ledger ledger, NameMarker marker, StorePressure pressure,
			StoreClock clock, Conditions conditions) {
		this.handlers = handlers;
		this.runner = runner;
		this.ledger = ledger;
		this.marker = marker;
		this.pressure = pressure;
		this.clock = clock;
		this.conditions = conditions;
	}

	/// Looks, at the store too where need be.
	boolean look() throws StoreException {
		if (this.handlers.isEmpty()) {
			this.conditions.raise(Condition.NO_HANDLER,
					"No handler is configured, so nothing is processed and the inbox grows: set "
							+ "holdfast.http.<name>.url, add a DeliveryHandler, or try holdfast.log.enabled=true");
			return false;
		}
		return this.marker.check() && isCalm();
	}

	/// Whether the hand-off may claim, from what is known already. Before the store has
	/// told its time, a retry would be due by the clock of this replica.
	boolean isReady() {
		return !this.handlers.isEmpty() && this.marker.isOurs() && this.clock.isTold() && isCalm()
				&& worthClaiming() == Integer.MAX_VALUE;
	}

	int worthClaiming() {
		return this.handlers.worthClaiming();
	}

	private boolean isCalm() {
		return this.ledger.isAvailable() && this.pressure.remaining().isZero() && !this.runner.isClogged();
	}

}
