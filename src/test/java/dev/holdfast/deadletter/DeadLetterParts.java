package dev.holdfast.deadletter;

import java.time.Duration;

import dev.holdfast.buffer.ForeignObjects;
import dev.holdfast.buffer.ObjectStore;
import dev.holdfast.buffer.SegmentWriter;
import dev.holdfast.buffer.StoreClock;
import dev.holdfast.buffer.StoreException;
import dev.holdfast.ledger.Ledger;
import dev.holdfast.ledger.LedgerException;
import dev.holdfast.schedule.Scheduler;
import dev.holdfast.telemetry.Conditions;
import io.micrometer.core.instrument.MeterRegistry;

/// The operator's part without a container.
public final class DeadLetterParts {

	private final Replays replays;

	private final Discards discards;

	private final Search search;

	private final DeadLetterSweep sweep;

	public DeadLetterParts(ObjectStore store, SegmentWriter writer, Ledger ledger, StoreClock clock,
			Scheduler scheduler, MeterRegistry meters, Duration retention) {
		this.replays = new Replays(store, writer, ledger, clock, meters);
		this.discards = new Discards(store, meters);
		this.search = new Search(store, clock, scheduler);
		Conditions conditions = new Conditions(meters);
		this.sweep = new DeadLetterSweep(store, clock, this.discards, new DeadLetterGauges(scheduler, meters),
				new ForeignObjects(conditions), conditions, scheduler, retention);
	}

	/// Starts to delete what is too old.
	public void start() {
		this.sweep.start();
	}

	public void stop() {
		this.sweep.stop();
	}

	/// Replays a dead letter.
	public Answer replay(String key, boolean force) throws StoreException, LedgerException {
		try {
			Replays.Replayed replayed = this.replays.replay(DeadLetterKey.parse(key).orElseThrow(), force);
			return new Answer(replayed.replayed(), replayed.refused().size(), true);
		}
		catch (RefusedException ex) {
			return new Answer(0, 0, false);
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

	/// What a replay did.
	///
	/// @param replayed how many deliveries were put back
	/// @param refused how many were not, because they were handled
	/// @param wasRead whether it could be read at all
	public record Answer(int replayed, int refused, boolean wasRead) {
	}

}
