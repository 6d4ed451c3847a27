package dev.holdfast.ledger;

import dev.holdfast.simulation.SimulatedLedger;
import dev.holdfast.simulation.SimulatedRedis;

/// The simulation's ledger does what every ledger does.
class SimulatedLedgerTest extends LedgerContract {

	private final SimulatedRedis redis = new SimulatedRedis(() -> 0);

	private final SimulatedLedger ledger = new SimulatedLedger(this.redis, SimulatedLedger.Calls.SAFE);

	@Override
	protected Ledger ledger() {
		return this.ledger;
	}

	@Override
	protected void endLease(String segment) {
		this.redis.endLease(segment);
	}

	@Override
	protected void forget() {
		this.redis.flush();
	}

}
