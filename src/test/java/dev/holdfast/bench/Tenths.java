package dev.holdfast.bench;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/// A backlog by tenths: how fast each was worked off, and the least that a collection left
/// in the heap meanwhile.
final class Tenths {

	private static final int PARTS = 10;

	private static final long BETWEEN = 500_000_000L;

	private final Stand stand;

	private final int deliveries;

	private final long[] heap = new long[PARTS];

	private long sampled;

	Tenths(Stand stand, int deliveries) {
		this.stand = stand;
		this.deliveries = deliveries;
	}

	/// Looks at the heap, now that so many are handled.
	void sample(int handled) {
		long now = System.nanoTime();
		if (now - this.sampled < BETWEEN || handled == 0) {
			return;
		}
		this.sampled = now;
		int part = Math.min(PARTS - 1, (int) ((long) handled * PARTS / this.deliveries));
		long after = this.stand.heapAfterCollection();
		if (after > 0 && (this.heap[part] == 0 || after < this.heap[part])) {
			this.heap[part] = after;
		}
	}

	Map<String, Object> figures() {
		long[] times = new long[this.deliveries];
		for (int i = 0; i < this.deliveries; i++) {
			times[i] = this.stand.effects().at(i);
		}
		Arrays.sort(times);
		Map<String, Object> figures = new LinkedHashMap<>();
		double seconds = (times[this.deliveries - 1] - times[0]) / 1e9;
		figures.put(Figures.EFFECTS, this.deliveries / seconds);
		List<Double> speeds = new ArrayList<>();
		List<Double> heaps = new ArrayList<>();
		for (int i = 0; i < PARTS; i++) {
			int from = (int) ((long) this.deliveries * i / PARTS);
			int to = (int) ((long) this.deliveries * (i + 1) / PARTS) - 1;
			speeds.add((to - from) * 1e9 / Math.max(1, times[to] - times[from]));
			heaps.add((this.heap[i] > 0) ? this.heap[i] / 1e6 : Double.NaN);
		}
		figures.put("per second by tenths", speeds);
		figures.put("heap MB by tenths", heaps);
		return figures;
	}

}
