package dev.holdfast.bench;

import java.time.Duration;

/// The equation of `docs/cost.md`: requests to the store, per second, while hand-off takes
/// what arrives and nothing fails.
///
/// @param webhooks per second, at all replicas
/// @param replicas how many share them evenly
/// @param request how long the store takes for one
/// @param interval how far apart PUTs begin at least
/// @param poll how often the bucket is listed
record Cost(double webhooks, int replicas, Duration request, Duration interval, Duration poll) {

	static final double SECONDS_PER_MONTH = 365.25 / 12 * 24 * 3600;

	private static final double MOST_IN_A_SEGMENT = 256;

	private static final double JOINS_AT = 43;

	private static final double MOST_IN_FLIGHT = 8;

	private static final double MOST_IN_A_DELETE = 500;

	private static final double COMPANY = 1;

	private static final double MARKER = 300;

	private static final double SWEEP = 3600;

	/// A PUT begins as soon as the one before has ended, the interval is over and
	/// something waits (after it, or, when nothing came meanwhile, at the next arrival),
	/// or beside it when enough waits.
	double puts() {
		double each = this.webhooks / this.replicas;
		double turn = Math.max(seconds(this.request), seconds(this.interval));
		double cycle = turn + Math.exp(-each * turn) / each;
		double beside = Math.min(each / JOINS_AT,
				Math.min(MOST_IN_FLIGHT / seconds(this.request), 1 / seconds(this.interval)));
		return this.replicas * Math.max(1 / cycle, Math.max(beside, each / MOST_IN_A_SEGMENT));
	}

	/// A DELETE goes out a second after the first segment that it takes along.
	double deletes() {
		double each = puts() / this.replicas;
		return this.replicas * Math.max(1 / (COMPANY + 1 / each), each / MOST_IN_A_DELETE);
	}

	/// Replicas take turns at listing `inbox/` and `retry/`; each sweeps dead letters
	/// hourly.
	double lists() {
		return 2 / (seconds(this.poll) + 2 * seconds(this.request)) + this.replicas / SWEEP;
	}

	/// Each replica reads the marker of the bucket's name every five minutes.
	double gets() {
		return this.replicas / MARKER;
	}

	private static double seconds(Duration duration) {
		return duration.toNanos() / 1e9;
	}

}
