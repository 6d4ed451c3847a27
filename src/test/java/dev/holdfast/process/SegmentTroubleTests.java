package dev.holdfast.process;

import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Objects;

import dev.holdfast.buffer.SegmentKey;
import dev.holdfast.buffer.StoreException;
import dev.holdfast.process.Bench.Host;
import dev.holdfast.process.Bench.Scripted;
import dev.holdfast.simulation.World;
import dev.holdfast.telemetry.Condition;
import dev.holdfast.telemetry.Meters;
import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;

/// Segments that kill their workers, are busy, are damaged, or are not for this release.
class SegmentTroubleTests {

	private final Bench bench = new Bench();

	private final World.Process outside = this.bench.world.new Process(Duration.ZERO);

	private final Scripted books = this.bench.new Scripted("books", (_) -> Outcome.handled());

	private final Scripted hanging = this.bench.new Scripted("books", (_) -> {
		this.outside.pause(Duration.ofDays(1));
		return Outcome.handled();
	});

	@Test
	void beginsTheDeliveriesOfACrashLoopAloneAndGivesThemUpAtTheFifth() {
		SegmentKey segment = this.bench.stored(Bench.copy("1"), Bench.copy("2"));
		for (int crash = 0; crash < 5; crash++) {
			Scripted last = this.bench.new Scripted("books", (_) -> {
				this.outside.pause(Duration.ofDays(1));
				return Outcome.handled();
			});
			Host host = this.bench.host(last);
			host.work(segment);
			this.bench.pass(Duration.ofSeconds(1));
			assertThat(last.mostRunning).as("crash %d", crash).isEqualTo((crash < 2) ? 2 : 1);
			host.process.kill();
			this.bench.pass(Duration.ofSeconds(31));
		}
		for (int visit = 0; visit < 12 && !this.bench.store.keys("inbox/").isEmpty(); visit++) {
			Host host = this.bench.host(this.hanging);
			host.work(segment);
			this.bench.pass(Duration.ofSeconds(2));
			host.process.kill();
			this.bench.pass(Duration.ofSeconds(31));
		}
		assertThat(this.bench.store.keys("inbox/")).isEmpty();
		assertThat(this.bench.store.copies("dead-letter/")).hasSize(2)
			.allSatisfy((copy) -> assertThat(Objects.requireNonNull(copy.envelope().failure()).reason())
				.isEqualTo("crashed"));
	}

	@Test
	void keepsUnreadWhatIsClaimedAgainAndAgainAndNeverBegun() {
		SegmentKey segment = this.bench.stored(Bench.copy("1"));
		byte[] bytes = this.bench.store.bytes(segment.objectKey());
		Host host = this.bench.host(this.books);
		this.bench.store.reading = (_) -> {
			throw new DiesReadingError();
		};
		for (int claim = 1; claim <= 4; claim++) {
			try {
				host.work(segment);
			}
			catch (DiesReadingError _) {
				// As a replica that is killed while it reads.
			}
			this.bench.pass(Duration.ofSeconds(31));
		}
		host.workToItsEnd(segment);
		assertThat(this.bench.times("get ")).isEqualTo(4);
		assertThat(this.bench.store.keys("")).singleElement().satisfies((key) -> {
			assertThat(key).startsWith(SegmentKey.CORRUPT);
			assertThat(this.bench.store.bytes(key)).isEqualTo(bytes);
		});
		assertThat(this.bench.count(Meters.DEAD, "reason", "unreadable")).isEqualTo(1);
	}

	@Test
	void waitsAMomentForWhatIsBusyElsewhere() {
		Scripted slow = this.bench.new Scripted("books", (_) -> {
			this.outside.pause(Duration.ofMillis(200));
			return Outcome.handled();
		});
		this.bench.host(slow).work(this.bench.stored(Bench.copy("1")));
		this.bench.host(this.books).workToItsEnd(this.bench.stored(Bench.copy("1"), Bench.copy("2")));
		assertThat(slow.ids()).containsExactly("1");
		assertThat(this.books.ids()).containsExactly("2");
		assertThat(this.bench.store.keys("")).isEmpty();
	}

	@Test
	void comesBackLaterForWhatIsBusyForLongAndStoresItAgainTheSecondTime() {
		SegmentKey segment = oneOfTwoIsBusy();
		Host host = this.bench.host(this.books);
		host.work(segment);
		this.bench.pass(Duration.ofSeconds(2));
		assertThat(this.books.ids()).containsExactly("2");
		assertThat(this.bench.store.keys("inbox/")).as("one is still busy").contains(segment.objectKey());
		assertThat(this.bench.times("kind=LATER")).isEqualTo(1);
		host.work(segment);
		assertThat(this.bench.events.getLast()).startsWith("Busy");
		this.bench.pass(Duration.ofSeconds(5));
		host.workToItsEnd(segment);
		assertThat(this.bench.store.keys("inbox/")).doesNotContain(segment.objectKey());
		assertThat(this.bench.store.copies("retry/")).singleElement().satisfies((copy) -> {
			assertThat(copy.delivery().id().value()).isEqualTo("1");
			assertThat(copy.envelope().attempt()).isZero();
			assertThat(copy.envelope().failure()).isNull();
		});
		assertThat(SegmentKey.parse(this.bench.store.keys("retry/").getFirst()).orElseThrow().time())
			.isBetween(this.bench.world.time().minusSeconds(10), this.bench.world.time().plusSeconds(5));
	}

	@Test
	void keepsTheSegmentWhileWhatIsBusyCannotBeStoredAgain() {
		SegmentKey segment = oneOfTwoIsBusy();
		Host host = this.bench.host(this.books);
		host.workToItsEnd(segment);
		this.bench.store.failing = (request) -> request.startsWith("put retry/");
		host.workToItsEnd(segment);
		assertThat(this.bench.times("put retry/")).isPositive();
		assertThat(this.bench.store.keys("inbox/")).contains(segment.objectKey());
	}

	@Test
	void storesNothingAgainOnceItsLeaseIsLost() {
		SegmentKey segment = oneOfTwoIsBusy();
		Host host = this.bench.host(this.books);
		host.workToItsEnd(segment);
		host.work(segment);
		this.bench.redis.flush();
		host.process.start("renew", host.leases::renew);
		this.bench.pass(Duration.ofSeconds(10));
		assertThat(this.bench.store.keys("retry/")).isEmpty();
		assertThat(this.bench.store.keys("inbox/")).contains(segment.objectKey());
	}

	@Test
	void takesNothingForParkedThatIsNotStoredInTime() {
		this.bench.store.failing = (_) -> {
			Bench.wait(this.outside, Duration.ofSeconds(25));
			return false;
		};
		Host host = this.bench.host(this.books);
		List<Exception> refused = new ArrayList<>();
		host.process.start("store", () -> {
			try {
				host.nextCopies.store(List.of(new NextCopy.Parked(Bench.copy("1"), Duration.ofSeconds(5))));
			}
			catch (StoreException | InterruptedException ex) {
				refused.add(ex);
			}
		});
		this.bench.pass(Duration.ofSeconds(22));
		assertThat(refused).singleElement().isInstanceOf(StoreException.class);
	}

	@Test
	void leavesAnUnknownVersionAlone() {
		SegmentKey segment = this.bench.stored(Bench.copy("1"));
		String text = new String(this.bench.store.bytes(segment.objectKey()), StandardCharsets.ISO_8859_1);
		this.bench.store.set(segment.objectKey(),
				text.replace("Holdfast-Version: 1", "Holdfast-Version: 2").getBytes(StandardCharsets.ISO_8859_1));
		Host host = this.bench.host(this.books);
		host.workToItsEnd(segment);
		assertThat(this.books.attempts).isEmpty();
		assertThat(this.bench.store.keys("")).containsExactly(segment.objectKey());
		assertThat(this.bench.conditions.holding()).containsOnlyKeys(Condition.UNKNOWN_VERSION);
		host.work(segment);
		assertThat(this.bench.events.getLast()).startsWith("Busy[atMost=PT9M");
	}

	@Test
	void handlesWhatIsGoodOfADamagedSegmentAndKeepsTheObject() {
		SegmentKey segment = this.bench.stored(Bench.copy("1"), Bench.copy("2"), Bench.copy("3"));
		byte[] bytes = this.bench.store.bytes(segment.objectKey()).clone();
		bytes[bytes.length - 1] ^= 1;
		this.bench.store.set(segment.objectKey(), bytes);
		this.bench.host(this.books).workToItsEnd(segment);
		assertThat(this.books.ids()).containsExactlyInAnyOrder("1", "2");
		assertThat(this.bench.times("get ")).as("it is read again before it is judged").isEqualTo(2);
		assertThat(this.bench.store.keys("")).singleElement().satisfies((key) -> {
			assertThat(key).startsWith(SegmentKey.CORRUPT);
			assertThat(this.bench.store.bytes(key)).isEqualTo(bytes);
		});
		assertThat(this.bench.count(Meters.DEAD, "reason", "corrupt")).isEqualTo(1);
	}

	@Test
	void doesNotDeleteADamagedSegmentThatCouldNotBeKept() {
		SegmentKey segment = this.bench.stored(Bench.copy("1"), Bench.copy("2"));
		byte[] bytes = this.bench.store.bytes(segment.objectKey());
		this.bench.store.set(segment.objectKey(), Arrays.copyOf(bytes, bytes.length - 1));
		this.bench.store.failing = (request) -> request.startsWith("copy ");
		this.bench.host(this.books).workToItsEnd(segment);
		assertThat(this.bench.store.keys("")).containsExactly(segment.objectKey());
	}

	@Test
	void readsAgainWhatWasDamagedOnItsWay() {
		SegmentKey segment = this.bench.stored(Bench.copy("1"));
		boolean[] read = new boolean[1];
		this.bench.store.reading = (bytes) -> {
			byte[] first = Arrays.copyOf(bytes, bytes.length - 1);
			byte[] brought = read[0] ? bytes : first;
			read[0] = true;
			return brought;
		};
		this.bench.host(this.books).workToItsEnd(segment);
		assertThat(this.books.ids()).containsExactly("1");
		assertThat(this.bench.store.keys("")).isEmpty();
	}

	@Test
	void readsAgainWhatBecameAnotherVersionOnItsWay() {
		SegmentKey segment = this.bench.stored(Bench.copy("1"));
		boolean[] read = new boolean[1];
		this.bench.store.reading = (bytes) -> {
			String text = new String(bytes, StandardCharsets.ISO_8859_1);
			String first = text.replace("Holdfast-Version: 1", "Holdfast-Version: 3");
			String brought = read[0] ? text : first;
			read[0] = true;
			return brought.getBytes(StandardCharsets.ISO_8859_1);
		};
		this.bench.host(this.books).workToItsEnd(segment);
		assertThat(this.books.ids()).containsExactly("1");
		assertThat(this.bench.store.keys("")).isEmpty();
		assertThat(this.bench.conditions.holding()).isEmpty();
	}

	private static final class DiesReadingError extends Error {

		private static final long serialVersionUID = 1L;

	}

	private SegmentKey oneOfTwoIsBusy() {
		this.bench.host(this.hanging).work(this.bench.stored(Bench.copy("1")));
		return this.bench.stored(Bench.copy("1"), Bench.copy("2"));
	}

}
