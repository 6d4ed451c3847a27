package dev.holdfast.deadletter;

import dev.holdfast.buffer.ObjectStore;
import dev.holdfast.buffer.SegmentWriter;
import dev.holdfast.buffer.StoreClock;
import dev.holdfast.buffer.StoreException;
import dev.holdfast.ledger.Ledger;
import dev.holdfast.ledger.LedgerException;
import io.micrometer.core.instrument.MeterRegistry;

/// The operator's part without a container.
public final class DeadLetterParts {

	private final Replays replays;

	public DeadLetterParts(ObjectStore store, SegmentWriter writer, Ledger ledger, StoreClock clock,
			MeterRegistry meters) {
		this.replays = new Replays(store, writer, ledger, clock, meters);
	}

	/// Replays a dead letter.
	/// @return whether it was put back, or refused for a reason
	public boolean replay(String key, boolean force) throws StoreException, LedgerException {
		try {
			return this.replays.replay(DeadLetterKey.parse(key).orElseThrow(), force).isReplayed();
		}
		catch (RefusedException ex) {
			return false;
		}
	}

}
