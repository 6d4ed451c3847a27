package dev.holdfast.process;

import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.TimeUnit;

import dev.holdfast.delivery.Copy;
import dev.holdfast.delivery.Envelope;
import dev.holdfast.ledger.Ledger.MarkAnswer;
import dev.holdfast.telemetry.LogKeys;
import dev.holdfast.telemetry.Meters;
import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Timer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.slf4j.event.Level;

/// Counts and logs what becomes of deliveries. Each is counted by the answer to its mark,
/// so that a delivery which two workers finished counts once.
final class ProcessMeters {

	private static final Logger logger = LoggerFactory.getLogger("dev.holdfast.deliveries");

	private static final Duration SLOW = Duration.ofSeconds(5);

	private final MeterRegistry meters;

	private final Counter handled;

	private final Counter duplicates;

	private final Counter split;

	private final Timer latency;

	ProcessMeters(MeterRegistry meters) {
		this.meters = meters;
		this.handled = meters.counter(Meters.HANDLED.id());
		this.duplicates = meters.counter(Meters.DUPLICATE.id());
		this.split = meters.counter(Meters.SPLIT.id());
		this.latency = meters.timer(Meters.LATENCY.id());
	}

	void attempted(String handler, Copy copy, Result result, long nanos) {
		String outcome = switch (result) {
			case Result.Ended(Outcome ended) -> ended.getClass().getSimpleName().toLowerCase(Locale.ROOT);
			case Result.Parked _, Result.Released _ -> "released";
		};
		this.meters.timer(Meters.ATTEMPTS.id(), "handler", handler, "outcome", outcome)
			.record(nanos, TimeUnit.NANOSECONDS);
		Level level = (result instanceof Result.Ended(Outcome.Handled _) && nanos < SLOW.toNanos()) ? Level.DEBUG
				: Level.INFO;
		if (logger.isEnabledForLevel(level)) {
			Envelope envelope = copy.envelope();
			logger.atLevel(level)
				.addKeyValue(LogKeys.TOPIC, copy.delivery().topic().printable())
				.addKeyValue(LogKeys.SHOP, copy.delivery().shopDomain().printable())
				.addKeyValue(LogKeys.DELIVERY_ID, copy.delivery().id().printable())
				.addKeyValue(LogKeys.HANDLER, handler)
				.addKeyValue(LogKeys.RUN, envelope.run())
				.addKeyValue(LogKeys.ATTEMPT, envelope.attempt() + 1)
				.addKeyValue(LogKeys.OUTCOME, outcome)
				.addKeyValue(LogKeys.DURATION_MS, nanos / 1_000_000)
				.addKeyValue(LogKeys.BYTES, copy.delivery().body().length)
				.log("delivery attempted");
		}
	}

	/// A delivery's mark was answered.
	void marked(Item item, MarkAnswer answer, Instant now) {
		if (answer == MarkAnswer.ALREADY) {
			return;
		}
		if (item.isOriginal() && !(item.verdict() instanceof Verdict.Released)) {
			duplicates(item.times() - 1);
		}
		switch (item.verdict()) {
			case Verdict.Handled _ -> {
				this.handled.increment();
				Duration age = Duration.between(item.copy().envelope().receivedAt(), now);
				this.latency.record(age.isNegative() ? Duration.ZERO : age);
			}
			case Verdict.GoesOn goesOn -> {
				this.split.increment(goesOn.added());
				goesOn.copies().forEach(this::goesOn);
			}
			case Verdict.Released _ -> {
			}
			case null -> throw new IllegalStateException("marked before it was decided");
		}
	}

	private void goesOn(NextCopy next) {
		if (next instanceof NextCopy.Buried(Copy copy)) {
			dead(copy);
		}
	}

	private void dead(Copy copy) {
		Envelope.Failure failure = copy.envelope().failure();
		String reason = (failure != null) ? failure.reason() : "unknown";
		this.meters.counter(Meters.DEAD.id(), "reason", reason).increment();
		logger.atInfo()
			.addKeyValue(LogKeys.TOPIC, copy.delivery().topic().printable())
			.addKeyValue(LogKeys.SHOP, copy.delivery().shopDomain().printable())
			.addKeyValue(LogKeys.DELIVERY_ID, copy.delivery().id().printable())
			.addKeyValue(LogKeys.RUN, copy.envelope().run())
			.addKeyValue(LogKeys.ATTEMPT, copy.envelope().attempt() + 1)
			.addKeyValue(LogKeys.REASON, reason)
			.log("delivery moved to the dead letters");
	}

	/// Deliveries were recognised as duplicates.
	void duplicates(int count) {
		this.duplicates.increment(count);
	}

	void claims(String result, int count) {
		this.meters.counter(Meters.CLAIMS.id(), "result", result).increment(count);
	}

	void handOff(String result) {
		this.meters.counter(Meters.HANDOFF.id(), "result", result).increment();
	}

	/// An object was not what it should be. Those kept as dead letters count as dead.
	void corrupt(String kind, int deliveries, List<String> log) {
		this.meters.counter(Meters.CORRUPT.id(), "kind", kind).increment();
		if (deliveries > 0) {
			this.meters.counter(Meters.DEAD.id(), "reason", kind).increment(deliveries);
		}
		logger.atError()
			.addKeyValue(LogKeys.KEY, log.getFirst())
			.addKeyValue(LogKeys.DETAIL, log.getLast())
			.log("an object in the bucket is {}", kind);
	}

}
