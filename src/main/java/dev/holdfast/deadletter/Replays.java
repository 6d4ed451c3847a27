package dev.holdfast.deadletter;

import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;

import com.fasterxml.jackson.annotation.JsonInclude;
import dev.holdfast.buffer.Decoded;
import dev.holdfast.buffer.ObjectStore;
import dev.holdfast.buffer.SegmentDecoder;
import dev.holdfast.buffer.SegmentKey;
import dev.holdfast.buffer.SegmentWriter;
import dev.holdfast.buffer.StoreClock;
import dev.holdfast.buffer.StoreException;
import dev.holdfast.buffer.StoreException.Kind;
import dev.holdfast.delivery.Copy;
import dev.holdfast.ledger.CopyKeys;
import dev.holdfast.ledger.Ledger;
import dev.holdfast.ledger.Ledger.Closed;
import dev.holdfast.ledger.LedgerException;
import dev.holdfast.telemetry.LogKeys;
import dev.holdfast.telemetry.Meters;
import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.MeterRegistry;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Puts dead letters back to be processed again, each delivery as a new run of its own.
///
/// The copy is stored before the dead letter is deleted, so a crash in between leaves both:
/// nothing is lost, and a second replay writes the same run once more, which the ledger
/// recognises as a duplicate. That recognition lasts as long as the ledger's retention.
final class Replays {

	private static final Logger logger = LoggerFactory.getLogger(Replays.class);

	private final ObjectStore store;

	private final SegmentWriter writer;

	private final Ledger ledger;

	private final StoreClock clock;

	private final Counter replayed;

	Replays(ObjectStore store, SegmentWriter writer, Ledger ledger, StoreClock clock, MeterRegistry meters) {
		this.store = store;
		this.writer = writer;
		this.ledger = ledger;
		this.clock = clock;
		this.replayed = meters.counter(Meters.REPLAYED.id());
	}

	/// Puts back one dead letter, due now. Deliveries whose effect was had after all are
	/// kept as a dead letter of their own, unless forced.
	///
	/// The ledger is asked unless forced, and its silence refuses: the dead letter
	/// stays, so that waiting costs nothing, while a blind replay could repeat an
	/// effect.
	/// @throws StoreException also with `NOT_FOUND`
	Replayed replay(DeadLetterKey key, boolean force) throws StoreException, LedgerException, RefusedException {
		return replay(key, this.clock.now(), force);
	}

	/// Puts back dead letters with due times spread evenly, by deliveries, over a
	/// duration. What fails ends it; what was put back by then is no longer found by
	/// the next call.
	ReplayedAll replayAll(Search.Found found, Duration over, boolean force) {
		Instant now = this.clock.now();
		long total = found.matches().stream().mapToLong((match) -> match.key().deliveries()).sum();
		long before = 0;
		int objects = 0;
		int deliveries = 0;
		List<Refusal> refused = new ArrayList<>();
		for (Search.Match match : found.matches()) {
			try {
				Replayed one = replay(match.key(), now.plusMillis(over.toMillis() * before / total), force);
				objects += one.isReplayed() ? 1 : 0;
				deliveries += one.replayed();
				if (one.error() != null) {
					refused.add(new Refusal(one.key(), one.refused(), one.error()));
				}
			}
			catch (RefusedException ex) {
				refused.add(new Refusal(match.key().objectKey(), List.of(), ex.sentence()));
			}
			catch (LedgerException ex) {
				return new ReplayedAll(found.matches().size(), objects, deliveries, refused, null, NO_LEDGER);
			}
			catch (StoreException ex) {
				if (ex.kind() != Kind.NOT_FOUND) {
					return new ReplayedAll(found.matches().size(), objects, deliveries, refused, null, NO_STORE);
				}
			}
			before += match.key().deliveries();
		}
		return new ReplayedAll(found.matches().size(), objects, deliveries, refused, found.next(), null);
	}

	static final String NO_LEDGER = "Redis does not answer, so nobody knows whether these were handled since: "
			+ "the rest stays as it is; try again later, or use force";

	static final String NO_STORE = "The object store did not confirm it: "
			+ "some of it may have been done, and doing it again does no harm";

	private Replayed replay(DeadLetterKey key, Instant due, boolean force)
			throws StoreException, LedgerException, RefusedException {
		List<Copy> copies = read(key);
		List<Copy> handled = force ? List.of() : handled(copies);
		List<Copy> again = copies.stream().filter((copy) -> !handled.contains(copy)).toList();
		String error = handled.isEmpty() ? null : "Already handled since: use force to have the effect once more";
		if (again.isEmpty()) {
			return new Replayed(key.objectKey(), 0, DeadLetter.ids(handled), error);
		}
		this.writer.write(SegmentKey.RETRY, due,
				again.stream().map((copy) -> copy.with(copy.envelope().replay())).toList());
		this.replayed.increment(again.size());
		logger.atInfo()
			.addKeyValue(LogKeys.KEY, key.objectKey())
			.addKeyValue(LogKeys.COUNT, again.size())
			.log("dead letter replayed");
		if (!handled.isEmpty()) {
			this.writer.write(key.segment().folder(), key.segment().time(), handled);
		}
		String left = delete(key);
		return new Replayed(key.objectKey(), again.size(), DeadLetter.ids(handled), (left != null) ? left : error);
	}

	private List<Copy> read(DeadLetterKey key) throws StoreException, RefusedException {
		if (key.isRaw()) {
			throw new RefusedException(422, "This dead letter holds bytes that could not be read as deliveries: "
					+ "read it, and send what it holds again by hand");
		}
		return switch (SegmentDecoder.decode(key.segment(), this.store.get(key.objectKey()))) {
			case Decoded.Intact(List<Copy> copies) -> copies;
			case Decoded.Damaged(List<Copy> _, String problem) ->
				throw new RefusedException(422, "This dead letter cannot be read whole: " + problem);
			case Decoded.UnknownVersion _ -> throw new RefusedException(422,
					"This dead letter was written by a newer Holdfast: replay it through a replica of that release");
		};
	}

	/// Those that were handled after all, such as by a worker that outlived its lease.
	private List<Copy> handled(List<Copy> copies) throws LedgerException {
		List<Closed> closed = this.ledger.closed(copies.stream().map(CopyKeys::of).toList());
		List<Copy> handled = new ArrayList<>();
		for (int i = 0; i < copies.size(); i++) {
			if (closed.get(i) == Closed.DONE) {
				handled.add(copies.get(i));
			}
		}
		return handled;
	}

	/// The copies are stored by now, so that a failure here is no failure of the replay.
	private @Nullable String delete(DeadLetterKey key) {
		try {
			if (this.store.delete(Set.of(key.objectKey())).isEmpty()) {
				return null;
			}
		}
		catch (StoreException ex) {
			logger.atDebug().addKeyValue(LogKeys.DETAIL, ex.getMessage()).log("dead letter could not be deleted");
		}
		return "Replayed, but the store did not delete the dead letter: discard it; replaying it again does no harm";
	}

	/// What a replay did.
	///
	/// @param replayed how many deliveries were put back
	/// @param refused the ids of those that were not, because they were handled
	/// @param error what is left to say, or null
	@JsonInclude(JsonInclude.Include.NON_NULL)
	record Replayed(String key, int replayed, List<String> refused, @Nullable String error) {

		boolean isReplayed() {
			return this.replayed > 0;
		}

	}

	/// What a replay of several did.
	///
	/// @param found how many dead letters were found
	/// @param deadLetters how many of them were put back
	/// @param replayed how many deliveries that were
	/// @param refused those that were not put back, or not wholly
	/// @param next where to go on, or null if there are no more
	/// @param error why it ended early, or null
	@JsonInclude(JsonInclude.Include.NON_NULL)
	record ReplayedAll(int found, int deadLetters, int replayed, List<Refusal> refused, @Nullable String next,
			@Nullable String error) {
	}

	/// A dead letter that was not put back, or not wholly, or is still there.
	record Refusal(String key, List<String> deliveryIds, String error) {
	}

}
