package dev.holdfast.bench;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/// What became of the requests of a load.
final class Tally {

	/// Of answers with 200, from when they were due.
	final Latencies accepted = new Latencies();

	/// Of answers with 200, from when they were sent.
	final Latencies served = new Latencies();

	/// Of other answers, from when they were sent.
	final Latencies refused = new Latencies();

	/// Requests without a 200: by status, or by what happened in place of an answer.
	final Map<String, Integer> others = new TreeMap<>();

	/// Answers with 200 until now.
	volatile int soFar;

	private final List<Tick> ticks = new ArrayList<>();

	long began;

	long ended;

	/// CPU seconds that sending took.
	double cpu;

	/// @param late since when it was due
	/// @param took since when it was sent
	void answered(int status, long late, long took) {
		if (status == 200) {
			this.accepted.add(late);
			this.served.add(took);
			this.soFar++;
		}
		else {
			this.refused.add(took);
			this.others.merge(Integer.toString(status), 1, Integer::sum);
		}
	}

	/// From now on latencies count.
	void settled() {
		this.accepted.clear();
		this.served.clear();
		this.refused.clear();
	}

	void failed(String cause) {
		this.others.merge(cause, 1, Integer::sum);
	}

	int withoutAcceptance() {
		return this.others.values().stream().mapToInt(Integer::intValue).sum();
	}

	/// Notes how far it has come.
	void tick(long now) {
		this.ticks.add(new Tick(now, this.soFar));
	}

	/// Answers with 200 per second in the last quarter of the time until now.
	double lately() {
		if (this.ticks.size() < 2) {
			return 0;
		}
		Tick last = this.ticks.getLast();
		Tick from = this.ticks.get((this.ticks.size() - 1) * 3 / 4);
		return (last.accepted - from.accepted) * 1e9 / (last.at - from.at);
	}

	double seconds() {
		return (this.ended - this.began) / 1e9;
	}

	double perSecond() {
		return this.soFar / seconds();
	}

	private record Tick(long at, int accepted) {
	}

}
