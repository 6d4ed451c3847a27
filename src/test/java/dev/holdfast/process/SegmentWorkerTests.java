package dev.holdfast.process;

import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.Objects;
import java.util.Set;

import dev.holdfast.buffer.SegmentKey;
import dev.holdfast.delivery.Copy;
import dev.holdfast.ledger.CopyKeys;
import dev.holdfast.ledger.Ledger.Closed;
import dev.holdfast.process.Bench.Host;
import dev.holdfast.process.Bench.Scripted;
import dev.holdfast.simulation.World;
import dev.holdfast.telemetry.Meters;
import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;

class SegmentWorkerTests {

	private final Bench bench = new Bench();

	private final World.Process outside = this.bench.world.new Process(Duration.ZERO);

	private final Scripted books = this.bench.new Scripted("books", (_) -> Outcome.handled());

	private final Scripted hanging = this.bench.new Scripted("books", (_) -> {
		this.outside.pause(Duration.ofDays(1));
		return Outcome.handled();
	});

	@Test
	void handlesMarksSettlesAndDeletes() {
		SegmentKey segment = this.bench.stored(Bench.copy("1"), Bench.copy("2"));
		this.bench.host(this.books).workToItsEnd(segment);
		assertThat(this.books.ids()).containsExactlyInAnyOrder("1", "2");
		assertThat(closed(Bench.copy("1"))).isEqualTo(Closed.DONE);
		assertThat(closed(Bench.copy("2"))).isEqualTo(Closed.DONE);
		assertThat(this.bench.store.keys("")).isEmpty();
		assertThat(this.bench.count(Meters.HANDLED)).isEqualTo(2);
		assertThat(this.bench.indexOf("redis begin")).isLessThan(this.bench.indexOf("call books"));
		assertThat(this.bench.indexOf("end books")).isLessThan(this.bench.indexOf("redis mark"));
		assertThat(this.bench.indexOf("redis mark")).isLessThan(this.bench.indexOf("delete inbox/"));
	}

	@Test
	void marksNothingBeforeItsHandlerHasEnded() {
		SegmentKey segment = this.bench.stored(Bench.copy("1"));
		this.bench.host(this.hanging).work(segment);
		this.bench.pass(Duration.ofSeconds(20));
		assertThat(this.bench.times("redis mark")).isZero();
		assertThat(this.bench.store.keys("inbox/")).hasSize(1);
	}

	@Test
	void handlesEqualDeliveriesOfASegmentOnce() {
		SegmentKey segment = this.bench.stored(Bench.copy("1"), Bench.copy("1"), Bench.copy("2"), Bench.copy("1"));
		this.bench.host(this.books).workToItsEnd(segment);
		assertThat(this.books.ids()).containsExactlyInAnyOrder("1", "2");
		assertThat(this.bench.count(Meters.HANDLED)).isEqualTo(2);
		assertThat(this.bench.count(Meters.DUPLICATE)).isEqualTo(2);
		assertThat(this.bench.store.keys("")).isEmpty();
	}

	@Test
	void dropsADuplicateOfAnotherSegment() {
		Host host = this.bench.host(this.books);
		host.workToItsEnd(this.bench.stored(Bench.copy("1")));
		host.workToItsEnd(this.bench.stored(Bench.copy("1")));
		assertThat(this.books.ids()).containsExactly("1");
		assertThat(this.bench.count(Meters.DUPLICATE)).isEqualTo(1);
		assertThat(this.bench.store.keys("")).isEmpty();
	}

	@Test
	void handlesAReplayOfWhatWasHandled() {
		Host host = this.bench.host(this.books);
		Copy copy = Bench.copy("1");
		host.workToItsEnd(this.bench.stored(copy));
		host.workToItsEnd(this.bench.stored(SegmentKey.RETRY, copy.with(copy.envelope().replay())));
		assertThat(this.books.attempts).hasSize(2);
		assertThat(this.books.attempts.stream().map(Attempt::idempotencyKey)).doesNotHaveDuplicates();
	}

	@Test
	void storesTheRetryBeforeItMarksAndMarksBeforeItDeletes() {
		Scripted failing = this.bench.new Scripted("books", (_) -> Outcome.retry(Duration.ofSeconds(7), "not now"));
		SegmentKey segment = this.bench.stored(Bench.copy("1"), Bench.copy("2"));
		this.bench.host(failing).workToItsEnd(segment);
		assertThat(this.bench.store.keys("inbox/")).isEmpty();
		assertThat(this.bench.store.keys("retry/")).as("one object for all").hasSize(1);
		assertThat(this.bench.store.copies("retry/")).hasSize(2).allSatisfy((copy) -> {
			assertThat(copy.envelope().attempt()).isEqualTo(1);
			assertThat(Objects.requireNonNull(copy.envelope().failure()).error()).isEqualTo("not now");
		});
		assertThat(this.bench.indexOf("put retry/")).isLessThan(this.bench.indexOf("kind=RETRY"));
		assertThat(this.bench.indexOf("kind=RETRY")).isLessThan(this.bench.indexOf("delete inbox/"));
		assertThat(closed(Bench.copy("1"))).isEqualTo(Closed.OPEN);
		assertThat(Objects.requireNonNull(SegmentKey.parse(this.bench.store.keys("retry/").getFirst()))
			.orElseThrow()
			.time()).as("the store's clock may be a second behind").isEqualTo(World.EPOCH.plusSeconds(8));
		this.bench.host(this.books).workToItsEnd(segment(this.bench.store.keys("retry/").getFirst()));
		assertThat(this.books.attempts).hasSize(2).allMatch((attempt) -> attempt.number() == 2);
		assertThat(this.bench.store.keys("")).isEmpty();
	}

	@Test
	void doesNotDeleteWhatItCouldNotStoreTheNextCopyOf() {
		this.bench.store.failing = (request) -> request.startsWith("put retry/");
		Scripted picky = this.bench.new Scripted("books", (attempt) -> attempt.delivery().id().value().equals("bad")
				? Outcome.retry(Duration.ZERO, "no") : Outcome.handled());
		SegmentKey segment = this.bench.stored(Bench.copy("good"), Bench.copy("bad"));
		Host host = this.bench.host(picky);
		host.work(segment);
		this.bench.pass(Duration.ofSeconds(40));
		assertThat(this.bench.store.keys("inbox/")).containsExactly(segment.objectKey());
		assertThat(closed(Bench.copy("good"))).isEqualTo(Closed.DONE);
		assertThat(this.bench.times("kind=RETRY")).isZero();
		this.bench.store.failing = (_) -> false;
		host.workToItsEnd(segment);
		assertThat(picky.ids()).containsExactlyInAnyOrder("good", "bad", "bad");
		assertThat(this.bench.store.keys("inbox/")).isEmpty();
		assertThat(this.bench.store.copies("retry/")).hasSize(1);
	}

	/// Else it would be handled again after a crash.
	@Test
	void marksWhatWasHandledLastThoughTheStoreIsDown() {
		this.bench.store.failing = (request) -> request.startsWith("put retry/");
		Scripted picky = this.bench.new Scripted("books", (attempt) -> attempt.delivery().id().value().equals("bad")
				? Outcome.retry(Duration.ZERO, "no") : Outcome.handled());
		this.bench.host(picky).workToItsEnd(this.bench.stored(Bench.copy("bad"), Bench.copy("good")));
		assertThat(this.bench.store.keys("retry/")).isEmpty();
		assertThat(closed(Bench.copy("good"))).isEqualTo(Closed.DONE);
	}

	@Test
	void countsAnAttemptThatEndsWithoutAWord() {
		Scripted silent = this.bench.new Scripted("books", (_) -> Outcome.retry(Duration.ofSeconds(1),
				new java.nio.channels.ClosedChannelException().getMessage()));
		this.bench.host(silent).workToItsEnd(this.bench.stored(Bench.copy("1")));
		assertThat(this.bench.store.copies("retry/")).singleElement()
			.satisfies((copy) -> assertThat(copy.envelope().attempt()).isEqualTo(1));
	}

	@Test
	void storesTheNextCopyAsSoonAsTheStoreTakesItWithoutHandlingAgain() {
		this.bench.store.failing = (request) -> request.startsWith("put retry/");
		Scripted failing = this.bench.new Scripted("books", (_) -> Outcome.retry(Duration.ZERO, "no"));
		this.bench.host(failing).workToItsEnd(this.bench.stored(Bench.copy("1")));
		assertThat(this.bench.store.keys("inbox/")).hasSize(1);
		this.bench.store.failing = (_) -> false;
		this.bench.pass(Duration.ofSeconds(10));
		assertThat(this.bench.store.keys("inbox/")).isEmpty();
		assertThat(this.bench.store.copies("retry/")).hasSize(1);
		assertThat(failing.attempts).hasSize(1);
	}

	@Test
	void buriesWhatIsGivenUp() {
		Scripted never = this.bench.new Scripted("books", (_) -> Outcome.dead("refused", "HTTP 410"));
		this.bench.host(never).workToItsEnd(this.bench.stored(Bench.copy("1")));
		assertThat(this.bench.store.keys("")).singleElement()
			.satisfies((key) -> assertThat(key).startsWith("dead-letter/a.myshopify.com/orders/create/"));
		assertThat(Objects.requireNonNull(this.bench.store.copies("dead-letter/").getFirst().envelope().failure())
			.reason()).isEqualTo("refused");
		assertThat(closed(Bench.copy("1"))).isEqualTo(Closed.DEAD);
		assertThat(this.bench.count(Meters.DEAD, "reason", "refused")).isEqualTo(1);
	}

	@Test
	void givesEachHandlerACopyOfItsOwnWhenTheyPartWays() {
		int[] tries = new int[1];
		Scripted mail = this.bench.new Scripted("mail",
				(_) -> (tries[0]++ == 0) ? Outcome.retry(Duration.ofSeconds(1), "later") : Outcome.handled());
		Host host = this.bench.host(this.books, mail);
		Copy copy = Bench.copy("1");
		host.workToItsEnd(this.bench.stored(copy));
		assertThat(this.bench.store.keys("inbox/")).isEmpty();
		Copy part = this.bench.store.copies("retry/").getFirst();
		assertThat(part.envelope().handler()).isEqualTo("mail");
		assertThat(part.envelope().attempt()).isEqualTo(1);
		assertThat(CopyKeys.of(part).record()).isEqualTo(CopyKeys.of(copy).record() + "@mail");
		assertThat(closed(copy)).as("the delivery itself").isEqualTo(Closed.DONE);
		host.workToItsEnd(segment(this.bench.store.keys("retry/").getFirst()));
		assertThat(this.books.attempts).hasSize(1);
		assertThat(mail.attempts.stream().map(Attempt::idempotencyKey).distinct()).hasSize(1);
		assertThat(mail.attempts).hasSize(2);
		assertThat(this.bench.store.keys("")).isEmpty();
	}

	@Test
	void buriesWhatNoHandlerTakesAndDropsWhatIsIgnored() {
		SegmentKey segment = this.bench.stored(Bench.copy("1", "products/create"), Bench.copy("2", "carts/update"),
				Bench.copy("3"));
		this.bench.host(Set.of("carts/*"), this.books).workToItsEnd(segment);
		assertThat(this.books.ids()).containsExactly("3");
		assertThat(this.bench.store.copies("dead-letter/")).singleElement().satisfies((copy) -> {
			assertThat(copy.delivery().id().value()).isEqualTo("1");
			assertThat(Objects.requireNonNull(copy.envelope().failure()).reason()).isEqualTo("unhandled");
		});
		assertThat(this.bench.store.keys("inbox/")).isEmpty();
		assertThat(closed(Bench.copy("2", "carts/update"))).isEqualTo(Closed.DONE);
	}

	@Test
	void writesNoRetryAndDeletesNothingOnceItsLeaseIsLost() {
		Scripted slow = this.bench.new Scripted("books", (_) -> {
			this.outside.pause(Duration.ofSeconds(20));
			return Outcome.retry(Duration.ZERO, "late");
		});
		SegmentKey segment = this.bench.stored(Bench.copy("1"));
		Host host = this.bench.host(slow);
		host.work(segment);
		this.bench.redis.flush();
		this.bench.pass(Duration.ofSeconds(10));
		host.process.start("renew", host.leases::renew);
		this.bench.pass(Duration.ofSeconds(20));
		assertThat(this.bench.store.keys("retry/")).isEmpty();
		assertThat(this.bench.store.keys("inbox/")).containsExactly(segment.objectKey());
	}

	@Test
	void startsNoHandlerOnceItsLeaseHasRunOut() {
		Scripted slow = this.bench.new Scripted("books", (_) -> {
			this.outside.pause(Duration.ofMillis(29_500));
			return Outcome.handled();
		});
		Copy[] many = new Copy[40];
		Arrays.setAll(many, (i) -> Bench.copy("" + i));
		SegmentKey segment = this.bench.stored(many);
		this.bench.host(slow).work(segment);
		this.bench.pass(Duration.ofMinutes(2));
		assertThat(slow.attempts).as("those for which there were permits").hasSizeLessThanOrEqualTo(17);
		assertThat(this.bench.store.keys("inbox/")).containsExactly(segment.objectKey());
	}

	@Test
	void leavesEverythingWhenRedisDoesNotAnswer() {
		SegmentKey segment = this.bench.stored(Bench.copy("1"));
		this.bench.wire.failing.add("begin");
		this.bench.host(this.books).workToItsEnd(segment);
		assertThat(this.books.attempts).isEmpty();
		assertThat(this.bench.store.keys("")).containsExactly(segment.objectKey());
	}

	@Test
	void deletesOnlyWhatIsMarked() {
		SegmentKey segment = this.bench.stored(Bench.copy("1"));
		this.bench.wire.failing.add("mark");
		this.bench.host(this.books).workToItsEnd(segment);
		assertThat(this.books.attempts).hasSize(1);
		assertThat(this.bench.store.keys("")).containsExactly(segment.objectKey());
		this.bench.wire.failing.clear();
		this.bench.pass(Duration.ofSeconds(3));
		assertThat(this.bench.store.keys("")).isEmpty();
	}

	@Test
	void deletesNothingWhoseMarkWasGivenUp() {
		SegmentKey segment = this.bench.stored(Bench.copy("1"));
		this.bench.wire.failing.add("mark");
		Host host = this.bench.host(this.books);
		host.workToItsEnd(segment);
		host.marks.abandon();
		this.bench.pass(Duration.ofSeconds(10));
		assertThat(this.books.attempts).hasSize(1);
		assertThat(this.bench.store.keys("")).containsExactly(segment.objectKey());
	}

	@Test
	void findsASegmentSettledWhoseDeleteGotLost() {
		SegmentKey segment = this.bench.stored(Bench.copy("1"));
		this.bench.store.failing = (request) -> request.startsWith("delete ");
		Host host = this.bench.host(this.books);
		host.workToItsEnd(segment);
		assertThat(this.bench.store.keys("inbox/")).hasSize(1);
		host.work(segment);
		assertThat(this.bench.events).last().asString().startsWith("Settled");
	}

	private Closed closed(Copy copy) {
		try {
			return this.bench.host(this.books).ledger.closed(List.of(CopyKeys.of(copy))).getFirst();
		}
		catch (dev.holdfast.ledger.LedgerException ex) {
			throw new AssertionError(ex);
		}
	}

	private static SegmentKey segment(String key) {
		return SegmentKey.parse(key).orElseThrow();
	}

}
