package dev.holdfast.bench;

import java.time.Duration;

/// How requests are sent.
///
/// @param rate how many a second, whatever the answers, as many independent senders do; 0
/// for each connection to send again at its answer
/// @param connections how many, at most
/// @param time for how long
/// @param most after how many accepted requests it ends early
record Load(double rate, int connections, Duration time, int most) {

	static Load closed(int connections, Duration time) {
		return new Load(0, connections, time, Integer.MAX_VALUE);
	}

	/// Arrivals are a Poisson process; latency counts from the moment a request was due.
	static Load open(double rate, int connections, Duration time) {
		return new Load(rate, connections, time, Integer.MAX_VALUE);
	}

	Load atMost(int accepted) {
		return new Load(this.rate, this.connections, this.time, accepted);
	}

	/// For how long it opens its connections, and answers do not count as late: a tenth.
	Duration settling() {
		return this.time.dividedBy(10);
	}

	boolean isOpen() {
		return this.rate > 0;
	}

}
