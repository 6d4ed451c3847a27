package dev.holdfast.buffer;

/// How many PUTs may be in flight: at most 8, half as many after each SlowDown, and one
/// more after every 20 that succeed. Replicas share a store's limit like this without
/// knowing of each other.
final class PutLimit {

	static final int MOST = 8;

	private static final int REGAIN_AFTER = 20;

	private int now = MOST;

	private int successes;

	synchronized int now() {
		return this.now;
	}

	synchronized void succeeded() {
		if (this.now < MOST && ++this.successes >= REGAIN_AFTER) {
			this.successes = 0;
			this.now++;
		}
	}

	synchronized void slowedDown() {
		this.now = Math.max(1, this.now / 2);
		this.successes = 0;
	}

}
