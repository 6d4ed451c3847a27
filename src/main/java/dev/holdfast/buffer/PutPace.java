package dev.holdfast.buffer;

import java.time.Duration;

/// How long a PUT usually takes: a moving average, begun at 100 ms.
final class PutPace {

	private static final double WEIGHT = 0.1;

	private static final Duration LEAST_SLOW = Duration.ofMillis(20);

	private double usual = Duration.ofMillis(100).toNanos();

	/// Takes in one PUT. One that was slow counts as slow, no more, so that stragglers do
	/// not become the usual.
	synchronized void took(Duration duration) {
		double counted = Math.min(duration.toNanos(), 3 * this.usual);
		this.usual += WEIGHT * (counted - this.usual);
	}

	/// From when on a PUT is slow: three times the usual.
	synchronized Duration slow() {
		Duration slow = Duration.ofNanos((long) (3 * this.usual));
		return (slow.compareTo(LEAST_SLOW) > 0) ? slow : LEAST_SLOW;
	}

}
