package dev.holdfast.process;

import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;

import dev.holdfast.buffer.SegmentKey;
import dev.holdfast.buffer.StoreException;
import dev.holdfast.delivery.Copy;
import dev.holdfast.ledger.Ledger.CopyKey;
import dev.holdfast.ledger.Ledger.Lease;
import dev.holdfast.ledger.Ledger.Mark;
import dev.holdfast.ledger.Ledger.MarkAnswer;
import dev.holdfast.ledger.Ledger.Settlement;
import dev.holdfast.ledger.LedgerException;
import dev.holdfast.process.Bench.Host;
import dev.holdfast.telemetry.Condition;
import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

/// What processing writes down: marks and leases in Redis, parked copies and the name
/// in the bucket.
class MarksTests {

	private final Bench bench = new Bench();

	private final Host host = this.bench.host();

	private final Lease lease = new Lease("segment", "token", Duration.ofSeconds(30));

	@Test
	void commitsTogetherWhatIsFinishedWhileAGroupIsInFlight() {
		this.bench.wire.time = Duration.ofMillis(10);
		CompletableFuture<List<MarkAnswer>> first = mark("a");
		this.bench.pass(Duration.ofMillis(1));
		List<CompletableFuture<List<MarkAnswer>>> later = List.of(mark("b"), mark("c"), mark("d"));
		this.bench.pass(Duration.ofMillis(9));
		assertThat(first).isCompletedWithValue(List.of(MarkAnswer.LATE));
		this.bench.pass(Duration.ofMillis(10));
		assertThat(later).allSatisfy((mark) -> assertThat(mark).isCompletedWithValue(List.of(MarkAnswer.LATE)));
		assertThat(this.bench.times("redis mark")).isEqualTo(2);
		assertThat(this.bench.events.getLast()).matches(".*record=b.*record=c.*record=d.*");
	}

	@Test
	void repeatsWhatIsNotConfirmedUntilItIs() {
		this.bench.wire.failing.add("mark");
		CompletableFuture<List<MarkAnswer>> mark = mark("a");
		this.bench.pass(Duration.ofSeconds(20));
		assertThat(mark).isNotDone();
		assertThat(this.bench.times("redis mark")).as("after 0.1, 0.2, 0.4, 0.8 s, then each second")
			.isBetween(20L, 26L);
		this.bench.wire.failing.clear();
		this.bench.pass(Duration.ofSeconds(1));
		assertThat(mark).isCompletedWithValue(List.of(MarkAnswer.LATE));
		long times = this.bench.times("redis mark");
		this.bench.pass(Duration.ofMinutes(1));
		assertThat(this.bench.times("redis mark")).isEqualTo(times);
	}

	@Test
	void givesEachItsOwnAnswersAndKeepsTheOrder() throws Exception {
		this.host.ledger.mark(List.of(new Mark(Mark.Kind.HANDLED, new CopyKey("done", 0), this.lease)), List.of());
		CompletableFuture<List<MarkAnswer>> both = this.host.marks.add(
				List.of(new Mark(Mark.Kind.HANDLED, new CopyKey("done", 0), this.lease),
						new Mark(Mark.Kind.HANDLED, new CopyKey("new", 0), this.lease)),
				List.of(new Settlement(Settlement.Kind.RELEASED, this.lease, Duration.ZERO)));
		CompletableFuture<List<MarkAnswer>> again = mark("new");
		this.bench.world.settle();
		assertThat(both).isCompletedWithValue(List.of(MarkAnswer.ALREADY, MarkAnswer.LATE));
		assertThat(again).isCompletedWithValue(List.of(MarkAnswer.ALREADY));
	}

	@Test
	void givesUpOnlyWhenTheReplicaStops() {
		this.bench.wire.failing.add("mark");
		CompletableFuture<List<MarkAnswer>> mark = mark("a");
		this.bench.pass(Duration.ofSeconds(5));
		this.host.marks.abandon();
		this.bench.pass(Duration.ofSeconds(1));
		assertThat(mark).failsWithin(Duration.ZERO)
			.withThrowableOfType(ExecutionException.class)
			.withCauseInstanceOf(LedgerException.class);
	}

	@Test
	void countsALeaseFromTheMomentItWasAskedFor() {
		Leases.Held held = this.host.leases.open("segment", "token", this.bench.world.nanoTime());
		this.bench.pass(Duration.ofSeconds(28).minusNanos(1));
		assertThat(held.isHeld()).isTrue();
		this.bench.pass(Duration.ofNanos(1));
		assertThat(held.isHeld()).as("2 s before its end").isFalse();
	}

	@Test
	void countsARenewedLeaseFromTheSendingOfTheRenewal() throws Exception {
		Leases.Held held = claimed();
		this.bench.pass(Duration.ofSeconds(10));
		this.bench.wire.time = Duration.ofSeconds(5);
		renew();
		this.bench.pass(Duration.ofSeconds(5));
		this.bench.pass(Duration.ofSeconds(23).minusNanos(1));
		assertThat(held.isHeld()).isTrue();
		this.bench.pass(Duration.ofNanos(1));
		assertThat(held.isHeld()).as("28 s after the sending").isFalse();
	}

	@Test
	void takesAnUnansweredRenewalForNone() throws Exception {
		Leases.Held held = claimed();
		this.bench.pass(Duration.ofSeconds(10));
		this.bench.wire.failing.add("renew");
		renew();
		assertThat(held.isHeld()).isTrue();
		this.bench.pass(Duration.ofSeconds(18));
		assertThat(held.isHeld()).isFalse();
	}

	@Test
	void losesALeaseThatIsAnothersForGood() throws Exception {
		Leases.Held held = claimed();
		this.bench.redis.flush();
		renew();
		assertThat(held.isHeld()).isFalse();
		this.host.ledger.claim(List.of("segment"), "token", Leases.LEASE);
		renew();
		assertThat(held.isHeld()).isFalse();
	}

	@Test
	void renewsNothingThatIsClosed() throws Exception {
		this.host.leases.close(claimed());
		renew();
		assertThat(this.bench.times("redis renew")).isZero();
	}

	@Test
	void parksTheCopiesOfManySegmentsTogetherAtTheirAttempt() {
		Copy retried = Bench.copy("1")
			.with(new dev.holdfast.delivery.Envelope(this.bench.world.time(), "current", 0, 7, null, null));
		CompletableFuture<Void> first = this.host.parking.park(List.of(retried), Duration.ofSeconds(9));
		this.bench.pass(Duration.ofMillis(600));
		CompletableFuture<Void> second = this.host.parking.park(List.of(Bench.copy("2"), Bench.copy("3")),
				Duration.ofSeconds(5));
		this.bench.pass(Duration.ofMillis(399));
		assertThat(first).isNotDone();
		this.bench.pass(Duration.ofMillis(1));
		assertThat(first).isCompleted();
		assertThat(second).isCompleted();
		assertThat(this.bench.store.keys("retry/")).hasSize(1);
		assertThat(this.bench.store.copies("retry/")).hasSize(3)
			.first()
			.satisfies((copy) -> assertThat(copy.envelope()).isEqualTo(retried.envelope()));
		assertThat(SegmentKey.parse(this.bench.store.keys("retry/").getFirst()).orElseThrow().time())
			.isEqualTo(this.bench.world.time().plusSeconds(5));
	}

	@Test
	void parksAFullBatchAtOnceAndSaysWhatCouldNotBeParked() {
		List<Copy> many = java.util.stream.IntStream.range(0, 300).mapToObj((i) -> Bench.copy("" + i)).toList();
		CompletableFuture<Void> parked = this.host.parking.park(many, Duration.ofSeconds(5));
		this.bench.world.settle();
		assertThat(parked).isCompleted();
		assertThat(this.bench.store.copies("retry/")).hasSize(300);
		assertThat(this.bench.store.keys("retry/")).hasSize(2);
		this.bench.store.failing = (request) -> request.startsWith("put retry/");
		CompletableFuture<Void> failed = this.host.parking.park(many.subList(0, 1), Duration.ofSeconds(5));
		this.bench.pass(Duration.ofSeconds(2));
		assertThat(failed).failsWithin(Duration.ZERO)
			.withThrowableOfType(ExecutionException.class)
			.withCauseInstanceOf(StoreException.class);
	}

	@Test
	void marksABucketThatHasNoName() throws Exception {
		assertThat(this.host.marker.isOurs()).isFalse();
		assertThat(this.host.marker.check()).isTrue();
		assertThat(this.bench.store.bytes(NameMarker.KEY)).asString().isEqualTo("bench\n");
		int asked = this.bench.events.size();
		assertThat(this.host.marker.check()).isTrue();
		assertThat(this.bench.events).as("looks again after five minutes").hasSize(asked);
	}

	@Test
	void doesNotTouchABucketOfAnotherName() throws Exception {
		this.bench.store.set(NameMarker.KEY, "staging\n".getBytes(java.nio.charset.StandardCharsets.US_ASCII));
		assertThat(this.host.marker.check()).isFalse();
		assertThat(this.bench.conditions.holding().get(Condition.NAME_CONFLICT)).contains("staging").contains("bench");
		assertThat(this.bench.store.bytes(NameMarker.KEY)).asString().isEqualTo("staging\n");
		this.bench.store.set(NameMarker.KEY, "bench".getBytes(java.nio.charset.StandardCharsets.US_ASCII));
		this.bench.pass(Duration.ofSeconds(5));
		assertThat(this.host.marker.check()).isTrue();
		assertThat(this.bench.conditions.holding()).isEmpty();
	}

	@Test
	void noticesAnotherNameLater() throws Exception {
		this.host.marker.check();
		this.bench.store.set(NameMarker.KEY, "staging".getBytes(java.nio.charset.StandardCharsets.US_ASCII));
		this.bench.pass(Duration.ofMinutes(5));
		assertThat(this.host.marker.check()).isFalse();
		assertThat(this.host.marker.isOurs()).isFalse();
	}

	@Test
	void doesNotTakeAFailingStoreForOneWithoutAName() {
		this.bench.store.failing = (request) -> request.startsWith("get ");
		assertThatExceptionOfType(StoreException.class).isThrownBy(this.host.marker::check);
		assertThat(this.bench.store.keys("")).isEmpty();
		assertThat(this.host.marker.isOurs()).isFalse();
	}

	private Leases.Held claimed() throws LedgerException {
		this.host.ledger.claim(List.of("segment"), "token", Leases.LEASE);
		Leases.Held held = this.host.leases.open("segment", "token", this.bench.world.nanoTime());
		this.host.leases.keep(held);
		return held;
	}

	private void renew() {
		this.host.process.start("renew", this.host.leases::renew);
		this.bench.world.settle();
	}

	private CompletableFuture<List<MarkAnswer>> mark(String record) {
		return this.host.marks.add(List.of(new Mark(Mark.Kind.HANDLED, new CopyKey(record, 0), this.lease)), List.of());
	}

}
