package dev.holdfast.system;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.function.ToDoubleFunction;
import java.util.stream.Stream;

import org.junit.jupiter.api.Test;

import org.springframework.boot.convert.DurationStyle;

import static org.assertj.core.api.Assertions.assertThat;

/// Nothing goes wrong, for long: 30 minutes, or `-Dholdfast.faults.soak=10m`. By its
/// name it is no part of a build. Deliveries come at half of what three replicas were
/// just seen to take.
class Soak {

	private static final String LENGTH = System.getProperty("holdfast.faults.soak", "30m");

	private static final int MEASURED = 10_000;

	private static final int CONCURRENCY = 32;

	/// As many as wait at once when the machine is held up for a second.
	private static final int CROWD = 600;

	private static final double GROWN = 1.25;

	private static final double MIB = 1 << 20;

	private static final String ESTABLISHED = "01";

	@Test
	void needsNoMoreAtItsEndThanAtItsBegin() throws Exception {
		try (Stage stage = new Stage(Soak.class, Map.of(SystemApplication.FLAKY, "50"), Duration.ZERO)) {
			Random random = new Random(1);
			take(stage, random, CROWD);
			int rate = take(stage, random, CONCURRENCY) / 2;
			Load load = Load.start(stage.client(), stage::url, rate, random);
			long end = System.nanoTime() + DurationStyle.detectAndParse(LENGTH).toNanos();
			List<Reading> readings = new ArrayList<>();
			while (System.nanoTime() - end < 0) {
				Rehearsal.pause(Duration.ofMinutes(1));
				readings.add(read(stage));
				Site.print("soak", "minute %d at %d/s: %s, answers %s", readings.size(), rate, readings.getLast(),
						WebhookClient.statuses(stage.client().answers()));
			}
			load.stop();
			new Rehearsal(stage, random).drain();
			Reckoning reckoning = Reckoning.of(stage.history(), stage.deadLetters(), List.of());
			Site.print("soak", "%s", Reckoning.totals(List.of(reckoning)));
			assertThat(reckoning.lost()).isEmpty();
			assertThat(reckoning.unexpected()).isEmpty();
			assertThat(reckoning.unattributed()).isEmpty();
			assertFlat("heap", readings, Reading::heap);
			assertFlat("threads", readings, Reading::threads);
			assertFlat("files", readings, Reading::files);
			assertThat(readings.getLast().keysBeyondRecords()).as("Redis keys that are no records, by segment")
				.isLessThan(GROWN);
		}
	}

	/// @return how many a second
	private static int take(Stage stage, Random random, int concurrency) {
		List<Sample> samples = Sample.random(MEASURED, random);
		long start = System.nanoTime();
		stage.client().deliverAll(samples, concurrency, stage::url);
		return (int) (MEASURED * Duration.ofSeconds(1).toNanos() / (System.nanoTime() - start));
	}

	/// Of the last third against the first, leaving out what comes before that: the
	/// start.
	private static void assertFlat(String what, List<Reading> readings, ToDoubleFunction<Reading> value) {
		int third = Math.max(1, readings.size() / 3);
		double before = readings.subList(0, third).stream().mapToDouble(value).average().orElseThrow();
		double after = readings.subList(readings.size() - third, readings.size())
			.stream()
			.mapToDouble(value)
			.average()
			.orElseThrow();
		assertThat(after).as(what).isLessThan(before * GROWN);
	}

	private static Reading read(Stage stage) throws IOException, InterruptedException {
		double heap = 0;
		double threads = 0;
		double files = 0;
		double segments = 0;
		for (OwnReplica replica : stage.replicas()) {
			collect(replica);
			Scrape meters = replica.meters();
			heap += meters.sum("jvm_memory_used_bytes", "area=\"heap\"") / MIB;
			threads += meters.sum("jvm_threads_live_threads");
			files += meters.sum("process_files_open_files") - connections(replica.port());
			segments += meters.sum("holdfast_buffer_batch_count");
		}
		double keys = Double.parseDouble(String.valueOf(stage.redis().currentPrimary().command("DBSIZE")));
		return new Reading(heap, threads, files, keys, (keys - stage.history().acknowledged().size()) / segments);
	}

	/// How many the sender has opened: when it is held up for a moment it opens more, and
	/// keeps them.
	private static long connections(int port) throws IOException {
		String local = ":%04X".formatted(port);
		try (Stream<String> sockets = Files.lines(Path.of("/proc/net/tcp6"))) {
			return sockets.map((line) -> line.strip().split(" +"))
				.filter((fields) -> fields[1].endsWith(local) && fields[3].equals(ESTABLISHED))
				.count();
		}
	}

	/// What is used just after a collection is what is kept.
	private static void collect(OwnReplica replica) throws IOException, InterruptedException {
		String jcmd = Path.of(System.getProperty("java.home"), "bin", "jcmd").toString();
		new ProcessBuilder(jcmd, Long.toString(replica.pid()), "GC.run").redirectOutput(ProcessBuilder.Redirect.DISCARD)
			.redirectError(ProcessBuilder.Redirect.DISCARD)
			.start()
			.waitFor();
	}

	/// All replicas together.
	///
	/// @param heap in MiB, after a collection
	/// @param files without the connections of the sender
	/// @param keysBeyondRecords Redis keys but for one for each delivery, to each
	/// segment; one of them is the word that it is settled
	private record Reading(double heap, double threads, double files, double keys, double keysBeyondRecords) {

		@Override
		public String toString() {
			return "heap %.0f MiB, threads %.0f, files %.0f, Redis keys %.0f, %.2f for each segment beside the records"
				.formatted(this.heap, this.threads, this.files, this.keys, this.keysBeyondRecords);
		}

	}

}
