package dev.holdfast.process;

import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;

import dev.holdfast.delivery.Copy;
import dev.holdfast.delivery.Envelope;
import dev.holdfast.ledger.Ledger.Mark;

/// What becomes of a delivery, from what became of it in each of its handlers.
sealed interface Verdict {

	/// All handlers handled it.
	record Handled() implements Verdict {
	}

	/// It goes on as other copies.
	///
	/// @param copies what to store first
	/// @param mark what to mark it as then
	record GoesOn(List<NextCopy> copies, Mark.Kind mark) implements Verdict {

		/// How many more copies there are than before.
		int added() {
			return this.copies.size() - 1;
		}

	}

	/// No attempt was used: it is let go as it is.
	record Released() implements Verdict {
	}

	/// One handler's part.
	record End(String handler, Result result) {

		boolean isHandled() {
			return this.result instanceof Result.Ended(Outcome.Handled _);
		}

		boolean isReleased() {
			return this.result instanceof Result.Released;
		}

	}

	/// Decides. While all handlers agree, one copy goes on for all; when they part
	/// ways, each unfinished one gets a copy of its own, and the delivery itself is
	/// closed.
	static Verdict of(Copy copy, List<End> ends, RetryPolicy policy, Instant now) {
		if (ends.stream().allMatch(End::isHandled)) {
			return new Handled();
		}
		if (ends.stream().anyMatch(End::isReleased) && ends.stream().noneMatch(End::isHandled)) {
			return new Released();
		}
		List<NextCopy> together = ends.stream().map((end) -> next(copy, end.result(), policy, now)).toList();
		if (ends.stream().noneMatch(End::isHandled)
				&& together.stream().map(Object::getClass).distinct().count() == 1) {
			NextCopy longest = together.stream().reduce(together.getFirst(), Verdict::later);
			return new GoesOn(List.of(longest), mark(longest));
		}
		List<NextCopy> apart = new ArrayList<>();
		for (End end : ends) {
			if (!end.isHandled()) {
				apart.add(next(copy.with(copy.envelope().forHandler(end.handler())), end.result(), policy, now));
			}
		}
		return new GoesOn(apart, Mark.Kind.HANDLED);
	}

	/// Gives up a delivery that no handler was called for.
	static Verdict dead(Copy copy, String reason, String error, Instant now) {
		return new GoesOn(List.of(new NextCopy.Buried(failed(copy, reason, error, now))), Mark.Kind.DEAD);
	}

	private static NextCopy next(Copy copy, Result result, RetryPolicy policy, Instant now) {
		return switch (result) {
			case Result.Ended(Outcome.Dead(String reason, String error)) ->
				new NextCopy.Buried(failed(copy, reason, error, now));
			case Result.Ended(Outcome.Retry(Duration after, String error)) -> {
				String exhausted = policy.exhausted(copy.envelope(), now);
				yield (exhausted != null) ? new NextCopy.Buried(failed(copy, exhausted, error, now))
						: new NextCopy.Again(
								copy.with(copy.envelope().next(failure(copy, "failed", error, now))), after);
			}
			case Result.Parked(Duration delay) -> new NextCopy.Parked(copy, delay);
			case Result.Released _, Result.Ended(Outcome.Handled _) -> new NextCopy.Parked(copy, Duration.ZERO);
		};
	}

	private static Mark.Kind mark(NextCopy next) {
		return switch (next) {
			case NextCopy.Again _ -> Mark.Kind.RETRY;
			case NextCopy.Buried _ -> Mark.Kind.DEAD;
			case NextCopy.Parked _ -> Mark.Kind.RELEASED;
		};
	}

	private static NextCopy later(NextCopy a, NextCopy b) {
		if (a instanceof NextCopy.Again(Copy _, Duration first)
				&& b instanceof NextCopy.Again(Copy _, Duration second)) {
			return (first != null && (second == null || first.compareTo(second) > 0)) ? a : b;
		}
		if (a instanceof NextCopy.Parked(Copy _, Duration first)
				&& b instanceof NextCopy.Parked(Copy _, Duration second)) {
			return (first.compareTo(second) > 0) ? a : b;
		}
		return a;
	}

	private static Copy failed(Copy copy, String reason, String error, Instant now) {
		return copy.with(copy.envelope().with(failure(copy, reason, error, now)));
	}

	private static Envelope.Failure failure(Copy copy, String reason, String error, Instant now) {
		Envelope.Failure before = copy.envelope().failure();
		return new Envelope.Failure((before != null) ? before.first() : now, reason, error);
	}

}
