package dev.holdfast.process;

import java.time.Duration;
import java.time.Instant;
import java.util.List;

import dev.holdfast.buffer.SegmentKey;
import dev.holdfast.buffer.StoreException;
import dev.holdfast.ledger.Ledger.Lease;
import dev.holdfast.ledger.Ledger.Settlement;
import dev.holdfast.ledger.LedgerException;
import dev.holdfast.process.Bench.Host;
import dev.holdfast.process.Bench.Scripted;
import dev.holdfast.simulation.World;
import dev.holdfast.telemetry.Condition;
import dev.holdfast.telemetry.Meters;
import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;

class PollerTests {

	private final Bench bench = new Bench();

	private final World.Process outside = this.bench.world.new Process(Duration.ZERO);

	private final Scripted books = this.bench.new Scripted("books", (_) -> Outcome.handled());

	private final Scripted brisk = this.bench.new Scripted("books", (_) -> {
		this.outside.pause(Duration.ofSeconds(1));
		return Outcome.handled();
	});

	private final Scripted slow = this.bench.new Scripted("books", (_) -> {
		this.outside.pause(Duration.ofSeconds(20));
		return Outcome.handled();
	});

	@Test
	void takesWhatTheHandOffLeft() {
		this.bench.stored(Bench.copy("1"));
		this.bench.stored(Bench.copy("2"));
		this.bench.host(this.books).poll();
		assertThat(this.books.ids()).containsExactlyInAnyOrder("1", "2");
		this.bench.pass(Duration.ofSeconds(1));
		assertThat(this.bench.store.keys("inbox/")).isEmpty();
	}

	@Test
	void claimsNoMoreThanItHasWorkersFor() {
		for (int i = 0; i < 200; i++) {
			this.bench.stored(Bench.copy("" + i));
		}
		Host host = this.bench.host(this.slow);
		host.poll();
		assertThat(this.bench.count(Meters.CLAIMS, "result", "won")).as("an eighth of what is listed, at least 2")
			.isBetween(2.0, 25.0);
		for (int i = 0; i < 50; i++) {
			host.poll();
		}
		assertThat(this.bench.count(Meters.CLAIMS, "result", "won")).isLessThanOrEqualTo(Workers.SEGMENTS);
		assertThat(host.workers.free()).isZero();
		long lists = this.bench.times("list ");
		host.poll();
		assertThat(this.bench.times("list ")).as("no LIST without a free worker").isEqualTo(lists);
	}

	@Test
	void processesAllInTheEnd() {
		for (int i = 0; i < 150; i++) {
			this.bench.stored(Bench.copy("" + i));
		}
		Host host = this.bench.host(this.books);
		host.process.start("poll", host.poller::poll);
		this.bench.pass(Duration.ofSeconds(20));
		assertThat(this.books.ids()).hasSize(150).doesNotHaveDuplicates();
		assertThat(this.bench.store.keys("inbox/")).isEmpty();
	}

	@Test
	void listsOnceForManyClaimsWhileThereIsABacklog() {
		this.bench.store.page = 1000;
		for (int i = 0; i < 150; i++) {
			this.bench.stored(Bench.copy("" + i));
		}
		Host host = this.bench.host(this.books);
		host.process.start("poll", host.poller::poll);
		this.bench.pass(Duration.ofSeconds(1));
		assertThat(this.books.ids()).hasSize(150);
		assertThat(this.bench.times("redis claim")).isGreaterThan(10);
		assertThat(this.bench.times("list inbox/")).as("one that finds all, and one that finds nothing").isEqualTo(2);
	}

	@Test
	void takesADueRetryInTheMiddleOfABacklog() {
		this.bench.store.page = 1000;
		for (int i = 0; i < 1000; i++) {
			this.bench.stored(Bench.copy("" + i));
		}
		retry("due", this.bench.world.time().plusSeconds(10));
		Host host = this.bench.host(this.brisk);
		host.process.start("poll", host.poller::poll);
		this.bench.pass(Duration.ofSeconds(40));
		assertThat(this.brisk.ids()).contains("due").hasSizeLessThan(900);
	}

	@Test
	void looksAgainAtOnceForWhatIsBehindWhatItLost() throws LedgerException {
		Host host = this.bench.host(this.books);
		for (int i = 0; i < 8; i++) {
			settled(host, this.bench.stored(Bench.copy("settled " + i)));
			host.ledger.claim(List.of(this.bench.stored(Bench.copy("busy " + i)).id()), "other", Leases.LEASE);
		}
		this.bench.stored(Bench.copy("free"));
		host.process.start("poll", host.poller::poll);
		this.bench.world.settle();
		assertThat(this.books.ids()).containsExactly("free");
		this.bench.pass(Duration.ofSeconds(2));
		assertThat(this.bench.store.keys("inbox/")).hasSize(8);
	}

	@Test
	void processesAllThoughNothingCanBeDeleted() {
		this.bench.store.failing = (request) -> request.startsWith("delete ");
		for (int i = 0; i < 150; i++) {
			this.bench.stored(Bench.copy("" + i));
		}
		Host host = this.bench.host(this.books);
		host.process.start("poll", host.poller::poll);
		this.bench.pass(Duration.ofSeconds(20));
		assertThat(this.books.ids()).hasSize(150).doesNotHaveDuplicates();
		assertThat(this.bench.store.keys("inbox/")).hasSize(150);
	}

	@Test
	void takesTheOldestNowAndThenAndElseWhicheverItMayBe() {
		Host host = this.bench.host(this.slow);
		for (int i = 0; i < 60; i++) {
			this.bench.stored(Bench.copy("%02d".formatted(i)));
			this.bench.pass(Duration.ofMillis(1));
		}
		host.poll();
		List<String> first = List.copyOf(this.slow.ids());
		assertThat(first).isNotEmpty().allMatch((id) -> Integer.parseInt(id) < 16);
	}

	@Test
	void takesARetryWhenItIsDue() {
		retry("1", this.bench.world.time().plusSeconds(60));
		Host host = this.bench.host(this.books);
		this.bench.pass(Duration.ofMillis(59_999));
		host.poll();
		assertThat(this.books.attempts).isEmpty();
		this.bench.pass(Duration.ofSeconds(6));
		host.poll();
		assertThat(this.books.attempts).hasSize(1);
	}

	@Test
	void takesARetryAnHourAfterItWasStoredWhateverItsKeySays() {
		retry("1", this.bench.world.time().plus(Duration.ofDays(300)));
		Host host = this.bench.host(this.books);
		this.bench.pass(Duration.ofMinutes(59));
		host.poll();
		assertThat(this.books.attempts).isEmpty();
		this.bench.pass(Duration.ofMinutes(1));
		host.poll();
		assertThat(this.books.attempts).hasSize(1);
	}

	@Test
	void countsAgesByTheClockOfTheStoreAlone() {
		retry("1", this.bench.world.time().plusSeconds(60));
		Host host = this.bench.host(this.books);
		host.process.skew(Duration.ofDays(1));
		host.poll();
		assertThat(this.books.attempts).isEmpty();
	}

	@Test
	void leavesAYoungSegmentToTheReplicaThatWroteIt() {
		SegmentKey stored = this.bench.stored(Bench.copy("1"));
		SegmentKey handedOff = new SegmentKey(stored.folder(), stored.id(), 1, stored.bytes(), true);
		byte[] bytes = this.bench.store.bytes(stored.objectKey());
		this.bench.store.set(handedOff.objectKey(), bytes);
		try {
			this.bench.store.delete(List.of(stored.objectKey()));
		}
		catch (StoreException ex) {
			throw new AssertionError(ex);
		}
		Host host = this.bench.host(this.books);
		this.bench.pass(Duration.ofMillis(4999));
		host.poll();
		assertThat(this.books.attempts).isEmpty();
		this.bench.pass(Duration.ofSeconds(6));
		host.poll();
		assertThat(this.books.attempts).hasSize(1);
	}

	@Test
	void takesTurnsWithOthersWhileThereIsNothingToDo() {
		List<Host> hosts = List.of(this.bench.host(this.books), this.bench.host(this.books),
				this.bench.host(this.books));
		hosts.forEach(Host::poll);
		long before = this.bench.times("list inbox/");
		for (int i = 0; i < 10; i++) {
			this.bench.pass(Duration.ofSeconds(5));
			hosts.forEach(Host::poll);
		}
		assertThat(this.bench.times("list inbox/") - before).isEqualTo(10);
	}

	@Test
	void deletesASettledSegmentWithoutReadingIt() throws LedgerException {
		SegmentKey segment = this.bench.stored(Bench.copy("1"));
		Host host = this.bench.host(this.books);
		settled(host, segment);
		host.poll();
		this.bench.pass(Duration.ofSeconds(1));
		assertThat(this.bench.store.keys("inbox/")).isEmpty();
		assertThat(this.bench.times("get inbox/")).isZero();
		assertThat(this.books.attempts).isEmpty();
	}

	@Test
	void knowsWhatWaitsThoughNobodyIsFree() {
		SegmentKey busy = this.bench.stored(Bench.copy("1"));
		Host host = this.bench.host(this.books);
		while (host.workers.tryTake(busy)) {
			// Until none is left.
		}
		for (int looks = 0; looks < 3; looks++) {
			assertThat(this.bench.times("list inbox/")).isEqualTo(looks);
			this.bench.pass(Duration.ofSeconds(29));
			host.poll();
			assertThat(this.bench.times("list inbox/")).isEqualTo(looks);
			this.bench.pass(Duration.ofSeconds(1));
			host.poll();
		}
		assertThat(this.books.attempts).isEmpty();
	}

	@Test
	void standsAPageThatIsEmptyAndSaysThereIsMore() {
		this.bench.stored(Bench.copy("1"));
		Host host = this.bench.host(this.books);
		this.bench.store.page = 0;
		host.poll();
		assertThat(this.books.attempts).isEmpty();
		this.bench.store.page = 20;
		host.poll();
		assertThat(this.books.attempts).hasSize(1);
	}

	@Test
	void leavesForeignObjectsAndSaysSo() {
		this.bench.store.set("inbox/readme.txt", new byte[1]);
		this.bench.pass(Duration.ofMinutes(2));
		this.bench.stored(Bench.copy("1"));
		this.bench.host(this.books).poll();
		assertThat(this.books.attempts).hasSize(1);
		this.bench.pass(Duration.ofSeconds(1));
		assertThat(this.bench.store.keys("inbox/")).containsExactly("inbox/readme.txt");
		assertThat(this.bench.conditions.holding()).containsOnlyKeys(Condition.FOREIGN_OBJECTS);
	}

	@Test
	void givesItsWorkersBackWhenRedisDoesNotAnswer() {
		this.bench.stored(Bench.copy("1"));
		this.bench.wire.failing.add("claim");
		Host host = this.bench.host(this.books);
		for (int i = 0; i < 10; i++) {
			host.poll();
			this.bench.pass(Leases.LEASE);
		}
		assertThat(host.workers.free()).isEqualTo(Workers.SEGMENTS);
		assertThat(this.bench.events).contains("poll failed no answer");
		this.bench.wire.failing.clear();
		host.poll();
		assertThat(this.books.attempts).hasSize(1);
	}

	/// Another has processed it, and could not delete it yet.
	private static void settled(Host host, SegmentKey segment) throws LedgerException {
		Lease lease = new Lease(segment.id(), "token", Leases.LEASE);
		host.ledger.claim(List.of(segment.id()), "token", Leases.LEASE);
		host.ledger.mark(List.of(), List.of(new Settlement(Settlement.Kind.SETTLED, lease, Duration.ofHours(1))));
	}

	private void retry(String id, Instant due) {
		try {
			this.bench.writer.write(SegmentKey.RETRY, due, List.of(Bench.copy(id)));
		}
		catch (StoreException ex) {
			throw new AssertionError(ex);
		}
	}

}
