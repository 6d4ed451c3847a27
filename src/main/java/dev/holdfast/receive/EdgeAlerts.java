package dev.holdfast.receive;

import java.time.Duration;
import java.util.concurrent.atomic.AtomicLong;

import dev.holdfast.schedule.Scheduler;
import dev.holdfast.telemetry.LogKeys;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Calls a person when genuine deliveries may be refused, at most once a minute for each
/// reason. How many there were is in the meters.
final class EdgeAlerts {

	private static final Logger logger = LoggerFactory.getLogger(EdgeAlerts.class);

	private static final long INTERVAL = Duration.ofMinutes(1).toNanos();

	private final Scheduler scheduler;

	private final AtomicLong tooLargeAt;

	private final AtomicLong topicMissingAt;

	private final AtomicLong closedAt;

	EdgeAlerts(Scheduler scheduler) {
		this.scheduler = scheduler;
		long longAgo = scheduler.nanoTime() - INTERVAL;
		this.tooLargeAt = new AtomicLong(longAgo);
		this.topicMissingAt = new AtomicLong(longAgo);
		this.closedAt = new AtomicLong(longAgo);
	}

	void answered(Answer answer) {
		if (answer == Answer.TOO_LARGE && due(this.tooLargeAt)) {
			logger.atError()
				.addKeyValue(LogKeys.REASON, answer.reason())
				.addKeyValue(LogKeys.SETTING, "holdfast.receive.max-body")
				.log("a body over the limit was refused: if it is genuine, raise the limit "
						+ "before Shopify deletes the subscription");
		}
		else if (answer == Answer.TOPIC_MISSING && due(this.topicMissingAt)) {
			logger.atError()
				.addKeyValue(LogKeys.REASON, answer.reason())
				.log("a verified delivery without a topic header was refused: "
						+ "Shopify may have renamed the header, or a proxy removed it");
		}
	}

	/// A connection was closed for which there was no room.
	void closed() {
		if (due(this.closedAt)) {
			logger.atError()
				.log("connections are closed unanswered because for a second as many requests are under way as the heap has room for: "
						+ "give the replica more memory, or add replicas");
		}
	}

	private boolean due(AtomicLong last) {
		long now = this.scheduler.nanoTime();
		long before = last.get();
		return now - before >= INTERVAL && last.compareAndSet(before, now);
	}

}
