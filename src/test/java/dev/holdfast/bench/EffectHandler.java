package dev.holdfast.bench;

import java.io.FileOutputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.Set;

import dev.holdfast.process.Attempt;
import dev.holdfast.process.DeliveryHandler;
import dev.holdfast.process.Outcome;

/// Writes down each effect: the delivery's number and the monotonic time, which all
/// processes of a machine share. It runs in the service; replicas append to one file, each
/// effect in one write.
final class EffectHandler implements DeliveryHandler {

	static final int LENGTH = Integer.BYTES + Long.BYTES;

	private final FileOutputStream effects;

	EffectHandler(FileOutputStream effects) {
		this.effects = effects;
	}

	@Override
	public String name() {
		return "bench";
	}

	@Override
	public Set<String> topics() {
		return Set.of("*");
	}

	@Override
	public Outcome handle(Attempt attempt) throws IOException {
		int number = Payloads.number(attempt.delivery().id().value());
		this.effects.write(ByteBuffer.allocate(LENGTH).putInt(number).putLong(System.nanoTime()).array());
		return Outcome.handled();
	}

}
