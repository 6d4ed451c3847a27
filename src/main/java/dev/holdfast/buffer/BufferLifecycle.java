package dev.holdfast.buffer;

import org.springframework.context.SmartLifecycle;

/// Probes the store when the application starts, without holding the start up, and lets
/// the last PUTs land when it stops: after the web server has answered its last request.
final class BufferLifecycle implements SmartLifecycle {

	/// Stopped after the web server and before the clients close.
	static final int PHASE = SmartLifecycle.DEFAULT_PHASE - 4096;

	private final GroupCommit buffer;

	private final StoreBreaker breaker;

	private volatile boolean running;

	BufferLifecycle(GroupCommit buffer, StoreBreaker breaker) {
		this.buffer = buffer;
		this.breaker = breaker;
	}

	@Override
	public void start() {
		this.running = true;
		this.breaker.start();
	}

	@Override
	public void stop() {
		this.running = false;
		this.breaker.close();
		try {
			this.buffer.close();
		}
		catch (InterruptedException _) {
			Thread.currentThread().interrupt();
		}
	}

	@Override
	public boolean isRunning() {
		return this.running;
	}

	@Override
	public int getPhase() {
		return PHASE;
	}

}
