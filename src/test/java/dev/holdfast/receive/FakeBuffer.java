package dev.holdfast.receive;

import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;

import dev.holdfast.buffer.DeliveryBuffer;
import dev.holdfast.delivery.Copy;

/// A buffer that keeps copies in a list, or does what a test says.
final class FakeBuffer implements DeliveryBuffer {

	final List<Copy> held = new CopyOnWriteArrayList<>();

	private volatile DeliveryBuffer behaviour = keeps();

	@Override
	public void hold(Copy copy, long deadline, Runnable slow) throws NotHeldException, InterruptedException {
		this.behaviour.hold(copy, deadline, slow);
	}

	void behave(DeliveryBuffer behaviour) {
		this.behaviour = behaviour;
	}

	void reset() {
		this.held.clear();
		this.behaviour = keeps();
	}

	private DeliveryBuffer keeps() {
		return (copy, deadline, slow) -> this.held.add(copy);
	}

}
