package dev.holdfast.system;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;

/// What [RecordingHandler]s of all replicas wrote down: a line when one begins, and a line
/// for its effect before it returns.
///
/// @param deliveryId of the delivery
/// @param sha256 of the body as the handler got it
/// @param idempotencyKey as the handler got it
/// @param attempt as the handler got it
/// @param replica the name of the replica, and of its start
/// @param nanos when, on the machine's monotonic clock
record Handled(String deliveryId, String sha256, String idempotencyKey, int attempt, String replica, long nanos) {

	static final int LONGEST_LINE = 200;

	static final String BEGUN = "begun";

	static final String EFFECTS = "effects";

	String line() {
		return String.join(" ", this.deliveryId, this.sha256, this.idempotencyKey, Integer.toString(this.attempt),
				this.replica, Long.toString(this.nanos)) + "\n";
	}

	private static Handled parse(String line) {
		String[] parts = line.split(" ");
		return new Handled(parts[0], parts[1], parts[2], Integer.parseInt(parts[3]), parts[4],
				Long.parseLong(parts[5]));
	}

	static List<Handled> read(Path file) {
		if (!Files.exists(file)) {
			return List.of();
		}
		try {
			List<Handled> all = new ArrayList<>();
			String text = Files.readString(file);
			text.substring(0, text.lastIndexOf('\n') + 1).lines().map(Handled::parse).forEach(all::add);
			return all;
		}
		catch (IOException ex) {
			throw new UncheckedIOException(ex);
		}
	}

	static Map<String, List<Handled>> byKey(List<Handled> all) {
		return all.stream().collect(Collectors.groupingBy(Handled::idempotencyKey));
	}

}
