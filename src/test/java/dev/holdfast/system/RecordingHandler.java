package dev.holdfast.system;

import java.io.FileOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;

import dev.holdfast.delivery.Sha256;
import dev.holdfast.process.Attempt;
import dev.holdfast.process.DeliveryHandler;
import dev.holdfast.process.Outcome;

/// Writes down what it handles, in files that all replicas append to, each line in one
/// write. While the file `fail` exists beside them it fails; while `hold-<replica>`
/// exists, that replica's handlers do not return; while `greedy` exists they take all
/// memory. Of some deliveries, every so-many-th, it fails the first attempt.
final class RecordingHandler implements DeliveryHandler {

	private final Path directory;

	private final String replica;

	private final Duration delay;

	private final int flaky;

	private final FileOutputStream begun;

	private final FileOutputStream effects;

	RecordingHandler(Path directory, String replica, Duration delay, int flaky) {
		this.directory = directory;
		this.replica = replica;
		this.delay = delay;
		this.flaky = flaky;
		this.begun = append(directory.resolve(Handled.BEGUN));
		this.effects = append(directory.resolve(Handled.EFFECTS));
	}

	private static FileOutputStream append(Path file) {
		try {
			return new FileOutputStream(file.toFile(), true);
		}
		catch (IOException ex) {
			throw new UncheckedIOException(ex);
		}
	}

	@Override
	public String name() {
		return "record";
	}

	@Override
	public Set<String> topics() {
		return Set.of("*");
	}

	@Override
	public Outcome handle(Attempt attempt) throws IOException, InterruptedException {
		write(this.begun, attempt);
		pause(this.delay);
		while (Files.exists(this.directory.resolve("hold-" + this.replica))) {
			pause(Duration.ofMillis(20));
		}
		List<byte[]> taken = new ArrayList<>();
		while (Files.exists(this.directory.resolve("greedy"))) {
			taken.add(new byte[1 << 20]);
		}
		if (Files.exists(this.directory.resolve("fail")) || isFlaky(attempt)) {
			return Outcome.retry("told to fail");
		}
		write(this.effects, attempt);
		return Outcome.handled();
	}

	private boolean isFlaky(Attempt attempt) {
		return this.flaky > 0 && attempt.number() == 1
				&& Math.floorMod(attempt.delivery().id().value().hashCode(), this.flaky) == 0;
	}

	private static void pause(Duration duration) throws InterruptedException {
		if (!duration.isZero()) {
			new CountDownLatch(1).await(duration.toNanos(), TimeUnit.NANOSECONDS);
		}
	}

	private void write(FileOutputStream file, Attempt attempt) throws IOException {
		String sha256 = HexFormat.of().formatHex(Sha256.of(attempt.delivery().body()));
		String line = new Handled(attempt.delivery().id().value(), sha256, attempt.idempotencyKey(), attempt.number(),
				this.replica, System.nanoTime())
			.line();
		file.write(line.getBytes(StandardCharsets.UTF_8));
	}

}
