package dev.holdfast.deadletter;

import java.time.Duration;

import dev.holdfast.buffer.ObjectStore;
import dev.holdfast.buffer.SegmentWriter;
import dev.holdfast.buffer.StoreClock;
import dev.holdfast.buffer.StoreException;
import dev.holdfast.ledger.Ledger;
import dev.holdfast.ledger.LedgerException;
import dev.holdfast.schedule.Scheduler;
import io.micrometer.core.instrument.MeterRegistry;

/// The operator's part without a container.
public final class DeadLetterParts {

	private final Replays replays;

	private final Discards discards;

	private final Search search;

	public DeadLetterParts(ObjectStore store, SegmentWriter writer, Ledger ledger, StoreClock clock,
			Scheduler scheduler, MeterRegistry meters) {
		this.replays = new Replays(store, writer, ledger, clock, meters);
		this.discards = new Discards(store, meters);
		this.search = new Search(store, clock, scheduler);
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

	/// Replays all there are, over a time.
	/// @return how many were put back
	public int replayAll(Duration over) throws StoreException, InterruptedException {
		Query all = new Query(null, null, null, null, null, 100);
		return this.replays.replayAll(this.search.find(all), over, false).deadLetters();
	}

	/// Discards a dead letter.
	public void discard(String key) throws StoreException {
		this.discards.discard(DeadLetterKey.parse(key).orElseThrow());
	}

}
