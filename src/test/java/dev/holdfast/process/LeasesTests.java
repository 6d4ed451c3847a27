package dev.holdfast.process;

import java.time.Duration;
import java.util.List;

import dev.holdfast.process.Bench.Host;
import dev.holdfast.process.Bench.Scripted;
import dev.holdfast.simulation.World;
import dev.holdfast.telemetry.Meters;
import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;

/// What a replica asks for it holds from then on, and for as long as it needs it.
class LeasesTests {

	private final Bench bench = new Bench();

	private final World.Process outside = this.bench.world.new Process(Duration.ZERO);

	private final Scripted books = this.bench.new Scripted("books", (_) -> Outcome.handled());

	@Test
	void keepsTheLeaseOfWhatTakesLongToRead() {
		Host host = this.bench.host(this.books);
		host.poll();
		this.bench.pass(Duration.ofSeconds(6));
		this.bench.stored(Bench.copy("1"));
		this.bench.store.reading = (bytes) -> {
			Bench.wait(this.outside, Leases.LEASE.plusSeconds(5));
			return bytes;
		};
		host.poll();
		this.bench.pass(Duration.ofSeconds(20));
		host.process.start("renew", host.leases::renew);
		this.bench.pass(Duration.ofSeconds(20));
		assertThat(this.books.ids()).containsExactly("1");
	}

	@Test
	void asksAgainForWhatItMayHaveGotSoThatNothingWaitsForTheEndOfALease() {
		this.bench.stored(Bench.copy("1"));
		Host host = this.bench.host(this.books);
		this.bench.wire.unanswered.addAll(List.of("claim", "begin"));
		host.poll();
		this.bench.pass(Duration.ofSeconds(3));
		this.bench.wire.unanswered.remove("claim");
		this.bench.pass(Duration.ofSeconds(3));
		assertThat(this.books.attempts).isEmpty();
		this.bench.wire.unanswered.remove("begin");
		this.bench.pass(Duration.ofSeconds(1));
		assertThat(this.books.ids()).containsExactly("1");
		assertThat(this.bench.count(Meters.CLAIMS, "result", "won")).isEqualTo(1);
		this.bench.pass(Duration.ofSeconds(1));
		assertThat(this.bench.store.keys("inbox/")).isEmpty();
	}

	@Test
	void countsALeaseFromTheMomentItAskedForIt() {
		this.bench.stored(Bench.copy("1"));
		Host host = this.bench.host(this.books);
		this.bench.wire.time = Leases.LEASE.dividedBy(2);
		host.poll();
		this.bench.pass(Leases.LEASE.plusSeconds(10));
		assertThat(this.bench.times("redis begin")).isPositive();
		assertThat(this.books.attempts).as("claim and begin took the whole lease").isEmpty();
	}

	@Test
	void asksNoMoreOnceItStops() throws InterruptedException {
		this.bench.stored(Bench.copy("1"));
		Host host = this.bench.host(this.books);
		this.bench.wire.failing.add("claim");
		host.poll();
		assertThat(host.workers.awaitIdle(Duration.ZERO)).isFalse();
		host.leases.stop();
		this.bench.pass(Duration.ofSeconds(1));
		assertThat(host.workers.awaitIdle(Duration.ZERO)).isTrue();
	}

}
