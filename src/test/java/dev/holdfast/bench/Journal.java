package dev.holdfast.bench;

import java.util.Arrays;
import java.util.SplittableRandom;

/// What was sent and acknowledged. Deliveries are numbered; every tenth request repeats an
/// earlier one in full. It belongs to the thread that sends, and after it to the one that
/// reckons.
final class Journal {

	/// For what is in the bucket from the beginning.
	static final long ALWAYS = 1;

	private static final int REPEATED_OF_TEN = 1;

	/// Of how many of the last a repeat may be.
	private static final int RECENT = 20_000;

	private final SplittableRandom random = new SplittableRandom(1);

	private long[] acknowledged = new long[1 << 16];

	private int sent;

	/// The number of the next request.
	int next() {
		if (this.sent > 0 && this.random.nextInt(10) < REPEATED_OF_TEN) {
			return this.sent - 1 - this.random.nextInt(Math.min(this.sent, RECENT));
		}
		return fresh();
	}

	private int fresh() {
		if (this.sent == this.acknowledged.length) {
			this.acknowledged = Arrays.copyOf(this.acknowledged, 2 * this.sent);
		}
		return this.sent++;
	}

	/// The first of so many new numbers that count as acknowledged.
	int stored(int count) {
		int first = this.sent;
		for (int i = 0; i < count; i++) {
			int number = fresh();
			this.acknowledged[number] = ALWAYS;
		}
		return first;
	}

	void acknowledged(int number, long now) {
		if (this.acknowledged[number] == 0) {
			this.acknowledged[number] = now;
		}
	}

	int sent() {
		return this.sent;
	}

	/// When it was first answered 200, by the monotonic clock; 0 where it never was.
	long acknowledged(int number) {
		return this.acknowledged[number];
	}

	int acknowledged() {
		int count = 0;
		for (int i = 0; i < this.sent; i++) {
			count += (this.acknowledged[i] != 0) ? 1 : 0;
		}
		return count;
	}

}
