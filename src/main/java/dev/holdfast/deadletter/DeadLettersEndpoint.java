package dev.holdfast.deadletter;

import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Objects;

import com.fasterxml.jackson.annotation.JsonInclude;
import dev.holdfast.buffer.ObjectStore;
import dev.holdfast.buffer.StoreException;
import dev.holdfast.buffer.StoreException.Kind;
import dev.holdfast.deadletter.Query.Limit;
import dev.holdfast.deadletter.Search.Found;
import dev.holdfast.ledger.LedgerException;
import org.jspecify.annotations.Nullable;
import org.springframework.boot.actuate.endpoint.annotation.DeleteOperation;
import org.springframework.boot.actuate.endpoint.annotation.Endpoint;
import org.springframework.boot.actuate.endpoint.annotation.ReadOperation;
import org.springframework.boot.actuate.endpoint.annotation.Selector;
import org.springframework.boot.actuate.endpoint.annotation.Selector.Match;
import org.springframework.boot.actuate.endpoint.annotation.WriteOperation;
import org.springframework.boot.actuate.endpoint.web.WebEndpointResponse;
import org.springframework.util.MimeType;

/// Dead letters for the operator: `docs/dead-letters.md` has an example of each operation.
///
/// Every operation may be repeated. Whatever is refused is answered with one sentence,
/// `error`.
@Endpoint(id = "deadletters")
final class DeadLettersEndpoint {

	private static final Limit LISTED = new Limit(50, 200);

	private static final Limit REPLAYED = new Limit(100, 200);

	private static final Limit DISCARDED = new Limit(1000, 1000);

	/// A retry is due an hour after it was stored at the latest, whatever its key says.
	private static final Duration LONGEST_SPREAD = Duration.ofHours(1);

	private static final MimeType HTTP = MimeType.valueOf("application/http");

	private final ObjectStore store;

	private final Search search;

	private final Replays replays;

	private final Discards discards;

	DeadLettersEndpoint(ObjectStore store, Search search, Replays replays, Discards discards) {
		this.store = store;
		this.search = search;
		this.replays = replays;
		this.discards = discards;
	}

	/// Lists dead letters in the order of their keys.
	@ReadOperation
	WebEndpointResponse<Object> list(@Nullable String shop, @Nullable String topic, @Nullable String reason,
			@Nullable String olderThan, @Nullable String after, @Nullable String limit) {
		return answer(() -> {
			Found found = this.search.describe(Query.of(shop, topic, reason, olderThan, after, limit, LISTED));
			List<DeadLetter> letters = found.matches()
				.stream()
				.map(Search.Match::letter)
				.filter(Objects::nonNull)
				.toList();
			return new WebEndpointResponse<>(new Page(letters, found.next()));
		});
	}

	/// Reads one as it is stored: the requests as Shopify sent them, with Holdfast's
	/// headers.
	@ReadOperation(produces = { "application/http", "application/json" })
	WebEndpointResponse<Object> read(@Selector(match = Match.ALL_REMAINING) String... key) {
		return answer(() -> new WebEndpointResponse<>(this.store.get(key(key).objectKey()), HTTP));
	}

	/// Replays one.
	@WriteOperation
	WebEndpointResponse<Object> replay(@Selector(match = Match.ALL_REMAINING) String[] key, @Nullable String force) {
		return answer(() -> {
			Replays.Replayed replayed = this.replays.replay(key(key), flag(force));
			return new WebEndpointResponse<>(replayed, replayed.isReplayed() ? 200 : 409);
		});
	}

	/// Replays those that match, spread over a time: the throttle.
	@WriteOperation
	WebEndpointResponse<Object> replayAll(@Nullable String shop, @Nullable String topic, @Nullable String reason,
			@Nullable String olderThan, @Nullable String after, @Nullable String limit, @Nullable String over,
			@Nullable String force) {
		return answer(() -> {
			Query query = Query.of(shop, topic, reason, olderThan, after, limit, REPLAYED);
			Duration spread = (over != null) ? Query.duration("over", over, LONGEST_SPREAD) : Duration.ZERO;
			boolean forced = flag(force);
			Replays.ReplayedAll replayed = this.replays.replayAll(this.search.find(query), spread, forced);
			return new WebEndpointResponse<>(replayed, (replayed.error() != null) ? 503 : 200);
		});
	}

	/// Discards one.
	@DeleteOperation
	WebEndpointResponse<Object> discard(@Selector(match = Match.ALL_REMAINING) String... key) {
		return answer(() -> discarded(this.discards.discard(key(key))));
	}

	/// Discards those that match, if there are as many as the operator says.
	@DeleteOperation
	WebEndpointResponse<Object> discardAll(@Nullable String shop, @Nullable String topic, @Nullable String reason,
			@Nullable String olderThan, @Nullable String after, @Nullable String limit, @Nullable String confirm) {
		return answer(() -> {
			Query query = Query.of(shop, topic, reason, olderThan, after, limit, DISCARDED);
			Found found = this.search.find(query);
			int count = found.matches().size();
			if (confirm == null || Query.number("confirm", confirm, 0, DISCARDED.most()) != count) {
				throw new RefusedException(409, "This would discard " + count
						+ " dead letters for good: repeat it with confirm=" + count + " if that is meant");
			}
			return discarded(
					this.discards.discard(found.matches().stream().map(Search.Match::key).toList(), Discards.OPERATOR));
		});
	}

	private static WebEndpointResponse<Object> discarded(Discards.Discarded discarded) {
		return (discarded.kept() == 0) ? new WebEndpointResponse<>(discarded)
				: error(503, "The object store refused to delete " + discarded.kept() + " dead letters; "
						+ discarded.discarded() + " were discarded");
	}

	private static DeadLetterKey key(String... segments) throws RefusedException {
		return DeadLetterKey.parse(String.join("/", segments))
			.orElseThrow(() -> new RefusedException(404, "There is no such dead letter: take a key from the list"));
	}

	private static boolean flag(@Nullable String value) throws RefusedException {
		if (value == null || value.equals("true") || value.equals("false")) {
			return "true".equals(value);
		}
		throw new RefusedException(400, "force must be true or false");
	}

	private static WebEndpointResponse<Object> answer(Operation operation) {
		try {
			return operation.run();
		}
		catch (RefusedException ex) {
			return error(ex.status(), ex.sentence());
		}
		catch (LedgerException _) {
			return error(503, Replays.NO_LEDGER);
		}
		catch (StoreException ex) {
			return (ex.kind() == Kind.NOT_FOUND)
					? error(404, "There is no such dead letter: it was replayed, discarded, or deleted by retention")
					: error(503, Replays.NO_STORE);
		}
		catch (InterruptedException _) {
			Thread.currentThread().interrupt();
			return error(503, "This replica is shutting down");
		}
	}

	private static WebEndpointResponse<Object> error(int status, String sentence) {
		return new WebEndpointResponse<>(Map.of("error", sentence), status, MimeType.valueOf("application/json"));
	}

	/// A page of the list.
	///
	/// @param next what to give as `after` to go on, or null if there are no more
	@JsonInclude(JsonInclude.Include.NON_NULL)
	record Page(List<DeadLetter> deadLetters, @Nullable String next) {
	}

	private interface Operation {

		WebEndpointResponse<Object> run()
				throws RefusedException, LedgerException, StoreException, InterruptedException;

	}

}
