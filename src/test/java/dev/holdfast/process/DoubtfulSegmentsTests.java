package dev.holdfast.process;

import java.time.Duration;
import java.util.List;

import dev.holdfast.buffer.SegmentKey;
import dev.holdfast.ledger.LedgerException;
import dev.holdfast.process.Bench.Host;
import dev.holdfast.process.Bench.Scripted;
import dev.holdfast.simulation.SimulatedLedger;
import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;

/// Segments that were claimed and never begun: one of them may be the end of its reader.
class DoubtfulSegmentsTests {

	private final Bench bench = new Bench();

	private final Scripted books = this.bench.new Scripted("books", (_) -> Outcome.handled());

	@Test
	void readsOneAtATimeAndGivesTheOthersBackFirst() throws LedgerException {
		List<String> segments = List.of(this.bench.stored(Bench.copy("1")), this.bench.stored(Bench.copy("2")))
			.stream()
			.map(SegmentKey::id)
			.toList();
		new SimulatedLedger(this.bench.redis, SimulatedLedger.Calls.SAFE).claim(segments, "dead", Leases.LEASE);
		this.bench.pass(Leases.LEASE);
		Host host = this.bench.host(this.books);
		host.poll();
		assertThat(this.bench.times("kind=RELEASED")).isOne();
		assertThat(this.bench.indexOf("kind=RELEASED")).isLessThan(this.bench.indexOf("get inbox/"));
		assertThat(this.books.ids()).hasSize(1);
		host.poll();
		assertThat(this.books.ids()).containsExactlyInAnyOrder("1", "2");
		this.bench.pass(Duration.ofSeconds(1));
		assertThat(this.bench.store.keys("dead-letter/")).isEmpty();
	}

}
