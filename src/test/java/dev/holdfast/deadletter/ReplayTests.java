package dev.holdfast.deadletter;

import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;

import dev.holdfast.buffer.MemoryObjectStore.Moment;
import dev.holdfast.buffer.MemoryObjectStore.Operation;
import dev.holdfast.buffer.SegmentKey;
import dev.holdfast.buffer.StoreException;
import dev.holdfast.deadletter.Replays.Replayed;
import dev.holdfast.deadletter.Replays.ReplayedAll;
import dev.holdfast.delivery.Copy;
import dev.holdfast.ledger.CopyKeys;
import dev.holdfast.ledger.Ledger.Closed;
import dev.holdfast.telemetry.Meters;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

import org.springframework.boot.actuate.endpoint.web.WebEndpointResponse;

import static dev.holdfast.deadletter.Cemetery.SHOP;
import static dev.holdfast.deadletter.Cemetery.copy;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

/// Dead letters are put back without being lost, and without being had twice.
class ReplayTests {

	private final Cemetery cemetery = new Cemetery();

	private final Copy died = copy(SHOP, "orders/create", "id-1", "rejected");

	@AfterEach
	void close() {
		this.cemetery.close();
	}

	@Test
	void putsBackANewRunThatIsDueNowAndThenDeletes() throws StoreException {
		Copy forOne = this.died.with(this.died.envelope().forHandler("mail"));
		String key = this.cemetery.bury(forOne);
		this.cemetery.store.advance(Duration.ofHours(3));
		this.cemetery.endpoint.list(null, null, null, null, null, null);
		assertThat(this.cemetery.replay(key, null).getStatus()).isEqualTo(200);
		assertThat(this.cemetery.store.keys(SegmentKey.DEAD_LETTER)).isEmpty();
		Copy again = this.cemetery.copies(SegmentKey.RETRY).getFirst();
		assertThat(again.envelope()).isEqualTo(forOne.envelope().replay());
		assertThat(again.envelope().run()).isEqualTo(1);
		assertThat(again.envelope().handler()).isEqualTo("mail");
		assertThat(again.delivery().body()).isEqualTo(this.died.delivery().body());
		assertThat(due().getFirst()).isCloseTo(this.cemetery.store.date(), within(Duration.ofSeconds(10)));
		assertThat(this.cemetery.count(Meters.REPLAYED)).isEqualTo(1);
	}

	@Test
	void keepsTheDeadLetterUntilTheCopyIsStored() throws StoreException {
		String key = this.cemetery.bury(this.died);
		this.cemetery.store.failNext(Operation.PUT, Moment.BEFORE, SegmentKey.RETRY);
		assertThat(this.cemetery.replay(key, null).getStatus()).isEqualTo(503);
		assertThat(this.cemetery.store.keys("")).containsExactly(key);
		assertThat(this.cemetery.count(Meters.REPLAYED)).isZero();
	}

	@ParameterizedTest
	@EnumSource(names = { "PUT", "DELETE" })
	void replaysTheSameRunWhenTheFirstReplayWasCutShort(Operation at) throws StoreException {
		String key = this.cemetery.bury(this.died);
		this.cemetery.store.failNext(at, (at == Operation.PUT) ? Moment.AFTER : Moment.BEFORE, "");
		this.cemetery.replay(key, null);
		assertThat(this.cemetery.store.keys(SegmentKey.DEAD_LETTER)).containsExactly(key);
		assertThat(this.cemetery.replay(key, null).getStatus()).isEqualTo(200);
		assertThat(this.cemetery.copies(SegmentKey.RETRY)).hasSize(2)
			.extracting((copy) -> CopyKeys.of(copy).record())
			.containsOnly(CopyKeys.of(this.died.with(this.died.envelope().replay())).record());
	}

	@Test
	void saysThatTheDeadLetterWasNotDeleted() throws StoreException {
		String key = this.cemetery.bury(this.died);
		this.cemetery.store.refuseToDelete(key);
		Replayed replayed = (Replayed) this.cemetery.replay(key, null).getBody();
		assertThat(replayed.replayed()).isEqualTo(1);
		assertThat(replayed.error()).contains("did not delete");
	}

	@Test
	void refusesWhatWasHandledAfterAllUnlessForced() throws StoreException {
		String key = this.cemetery.bury(this.died);
		this.cemetery.ledger.close(this.died, Closed.DONE);
		WebEndpointResponse<Object> answer = this.cemetery.replay(key, null);
		assertThat(answer.getStatus()).isEqualTo(409);
		assertThat(((Replayed) answer.getBody()).refused()).containsExactly("id-1");
		assertThat(((Replayed) answer.getBody()).error()).contains("force");
		assertThat(this.cemetery.store.keys("")).containsExactly(key);
		assertThat(this.cemetery.replay(key, "true").getStatus()).isEqualTo(200);
		assertThat(this.cemetery.copies(SegmentKey.RETRY)).hasSize(1);
	}

	@Test
	void replaysTheOthersAndKeepsWhatWasHandled() throws StoreException {
		Copy other = copy(SHOP, "orders/create", "id-2", "rejected");
		String key = this.cemetery.bury(this.died, other);
		this.cemetery.ledger.close(this.died, Closed.DONE);
		this.cemetery.ledger.close(other, Closed.DEAD);
		Replayed replayed = (Replayed) this.cemetery.replay(key, null).getBody();
		assertThat(replayed.replayed()).isEqualTo(1);
		assertThat(replayed.refused()).containsExactly("id-1");
		assertThat(DeadLetter.ids(this.cemetery.copies(SegmentKey.RETRY))).containsExactly("id-2");
		assertThat(DeadLetter.ids(this.cemetery.copies(SegmentKey.DEAD_LETTER))).containsExactly("id-1");
		assertThat(this.cemetery.copies(SegmentKey.DEAD_LETTER).getFirst().envelope()).isEqualTo(this.died.envelope());
	}

	@Test
	void keepsEverythingWhileNobodyKnowsWhatWasHandled() throws StoreException {
		String key = this.cemetery.bury(this.died);
		this.cemetery.ledger.available = false;
		WebEndpointResponse<Object> answer = this.cemetery.replay(key, null);
		assertThat(answer.getStatus()).isEqualTo(503);
		assertThat(Cemetery.error(answer)).contains("Redis", "force");
		assertThat(this.cemetery.store.keys("")).containsExactly(key);
		assertThat(this.cemetery.replay(key, "true").getStatus()).isEqualTo(200);
	}

	@Test
	void cannotReplayWhatCannotBeRead() throws StoreException {
		String key = this.cemetery.buryRaw();
		WebEndpointResponse<Object> answer = this.cemetery.replay(key, "true");
		assertThat(answer.getStatus()).isEqualTo(422);
		assertThat(Cemetery.error(answer)).contains("could not be read");
		assertThat(this.cemetery.store.keys("")).containsExactly(key);
	}

	@Test
	void spreadsManyEvenlyOverATime() throws StoreException {
		for (int i = 0; i < 5; i++) {
			this.cemetery.bury(SHOP, "orders/create", "id-" + i, "rejected");
		}
		this.cemetery.bury(SHOP, "orders/updated", "id-x", "rejected");
		ReplayedAll replayed = replayAll("orders/create", "100", "10m");
		assertThat(replayed.replayed()).isEqualTo(5);
		assertThat(replayed.next()).isNull();
		Instant first = due().getFirst();
		assertThat(due()).containsExactlyElementsOf(
				List.of(0, 2, 4, 6, 8).stream().map((minutes) -> first.plusSeconds(minutes * 60L)).toList());
		assertThat(this.cemetery.store.keys(SegmentKey.DEAD_LETTER)).hasSize(1);
	}

	@Test
	void replaysManyInBoundedStepsAndSaysWhatItLeft() throws StoreException {
		this.cemetery.buryRaw();
		this.cemetery.bury(this.died);
		this.cemetery.ledger.close(this.died, Closed.DONE);
		for (int i = 0; i < 4; i++) {
			this.cemetery.bury(SHOP, "orders/updated", "id-" + i, "rejected");
		}
		ReplayedAll replayed = replayAll(null, "3", null);
		assertThat(replayed.found()).isEqualTo(3);
		assertThat(replayed.deadLetters()).isEqualTo(1);
		assertThat(replayed.refused()).hasSize(2);
		assertThat(replayed.next()).isNotNull();
		assertThat(replayAll(null, "200", null).replayed()).isEqualTo(3);
	}

	@Test
	void stopsAReplayOfManyWhenTheStoreDoesAndTakesUpTheRestLater() throws StoreException {
		for (int i = 0; i < 4; i++) {
			this.cemetery.bury(SHOP, "orders/create", "id-" + i, "rejected");
		}
		this.cemetery.store.failNext(Operation.GET, Moment.BEFORE,
				this.cemetery.store.keys(SegmentKey.DEAD_LETTER).get(2));
		WebEndpointResponse<Object> answer = this.cemetery.endpoint.replayAll(null, null, null, null, null, null, null,
				null);
		assertThat(answer.getStatus()).isEqualTo(503);
		assertThat(((ReplayedAll) answer.getBody()).replayed()).isEqualTo(2);
		assertThat(replayAll(null, null, null).replayed()).isEqualTo(2);
		assertThat(DeadLetter.ids(this.cemetery.copies(SegmentKey.RETRY))).containsExactlyInAnyOrder("id-0", "id-1",
				"id-2", "id-3");
	}

	@Test
	void spreadsNoFurtherThanARetryWaits() {
		WebEndpointResponse<Object> answer = this.cemetery.endpoint.replayAll(null, null, null, null, null, null, "61m",
				null);
		assertThat(answer.getStatus()).isEqualTo(400);
		assertThat(answer.getBody()).isInstanceOf(Map.class);
	}

	private ReplayedAll replayAll(String topic, String limit, String over) {
		return (ReplayedAll) this.cemetery.endpoint.replayAll(null, topic, null, null, null, limit, over, null)
			.getBody();
	}

	private List<Instant> due() {
		return this.cemetery.store.keys(SegmentKey.RETRY)
			.stream()
			.map((key) -> SegmentKey.parse(key).orElseThrow().time())
			.toList();
	}

}
