package dev.holdfast.bench;

import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.Map;

/// Every latency of a run, in nanoseconds: exact to the last percentile.
final class Latencies {

	private long[] values = new long[1 << 14];

	private int count;

	void add(long nanos) {
		if (this.count == this.values.length) {
			this.values = Arrays.copyOf(this.values, 2 * this.count);
		}
		this.values[this.count++] = nanos;
	}

	void clear() {
		this.count = 0;
	}

	int count() {
		return this.count;
	}

	/// Percentiles in milliseconds, by their names; none where nothing was measured.
	Map<String, Object> summary(String prefix) {
		Map<String, Object> summary = new LinkedHashMap<>();
		if (this.count > 0) {
			Arrays.sort(this.values, 0, this.count);
			summary.put(prefix + "p50", percentile(50));
			summary.put(prefix + "p90", percentile(90));
			summary.put(prefix + "p99", percentile(99));
			summary.put(prefix + "p99.9", percentile(99.9));
			summary.put(prefix + "max", percentile(100));
		}
		return summary;
	}

	private double percentile(double percent) {
		int index = Math.max(0, (int) Math.ceil(this.count * percent / 100) - 1);
		return this.values[index] / 1e6;
	}

}
