package dev.holdfast.deadletter;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

import dev.holdfast.buffer.MemoryObjectStore.Moment;
import dev.holdfast.buffer.MemoryObjectStore.Operation;
import dev.holdfast.buffer.SegmentKey;
import dev.holdfast.buffer.StoreException;
import dev.holdfast.deadletter.DeadLettersEndpoint.Page;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

import org.springframework.boot.actuate.endpoint.web.WebEndpointResponse;

import static dev.holdfast.deadletter.Cemetery.SHOP;
import static org.assertj.core.api.Assertions.assertThat;

/// Listing and reading.
class DeadLettersEndpointTests {

	private static final String OTHER = "other.myshopify.com";

	private final Cemetery cemetery = new Cemetery();

	@AfterEach
	void close() {
		this.cemetery.close();
	}

	@Test
	void saysWhatIsToBeKnownAndNothingOfThePayload() throws StoreException {
		String key = this.cemetery.bury(Cemetery.copy(SHOP, "orders/create", "id-1", "rejected"),
				Cemetery.copy(SHOP, "orders/create", "bad id\u0007", "rejected"));
		this.cemetery.store.advance(Duration.ofSeconds(90));
		DeadLetter letter = list(null, null, null, null, null).deadLetters().getFirst();
		assertThat(letter.key()).isEqualTo(key);
		assertThat(letter.shop()).isEqualTo(SHOP);
		assertThat(letter.topic()).isEqualTo("orders/create");
		assertThat(letter.reason()).isEqualTo("rejected");
		assertThat(letter.error()).isEqualTo("no stock");
		assertThat(letter.run()).isZero();
		assertThat(letter.attempts()).isEqualTo(1);
		assertThat(letter.deliveries()).isEqualTo(2);
		assertThat(letter.ageSeconds()).isEqualTo(90);
		assertThat(letter.firstFailure()).isEqualTo("2026-11-20T01:00:01Z");
		assertThat(letter.receivedAt()).isEqualTo("2026-11-20T01:00:00Z");
		assertThat(letter.deliveryIds()).containsExactly("id-1", "-");
		assertThat(letter.toString()).doesNotContain("canary");
	}

	@ParameterizedTest
	@CsvSource({ ",,,5", "example.myshopify.com,,,3", "example.myshopify.com,orders/create,,2", ",orders/create,,3",
			",orders,,0", "example.myshopify.com,orders,,0", ",,rejected,2", ",,corrupt,1", "-,-,,1",
			"other.myshopify.com,,exhausted,1", "nobody.myshopify.com,,,0" })
	void narrowsByShopTopicAndReason(String shop, String topic, String reason, int found) throws StoreException {
		this.cemetery.bury(SHOP, "orders/create", "1", "rejected");
		this.cemetery.bury(SHOP, "orders/create", "2", "exhausted");
		this.cemetery.bury(SHOP, "orders/updated", "3", "rejected");
		this.cemetery.bury(OTHER, "orders/create", "4", "exhausted");
		this.cemetery.buryRaw();
		assertThat(list(shop, topic, reason, null, null).deadLetters()).hasSize(found);
	}

	@ParameterizedTest
	@ValueSource(ints = { 1, 2, 3, 7, 1000 })
	void showsEachOnceOverPagesOfAnySize(int pageSize) throws StoreException {
		List<String> keys = new ArrayList<>();
		for (int i = 0; i < 17; i++) {
			keys.add(this.cemetery.bury((i % 2 == 0) ? SHOP : OTHER, "orders/create", "id-" + i, "rejected"));
		}
		this.cemetery.store.setPageSize(pageSize);
		List<String> seen = new ArrayList<>();
		Page page = list(null, null, null, null, "5");
		seen.addAll(page.deadLetters().stream().map(DeadLetter::key).toList());
		while (page.next() != null) {
			page = list(null, null, null, page.next(), "5");
			assertThat(page.deadLetters()).hasSizeLessThanOrEqualTo(5);
			seen.addAll(page.deadLetters().stream().map(DeadLetter::key).toList());
		}
		assertThat(seen).doesNotHaveDuplicates().containsExactlyInAnyOrderElementsOf(keys);
	}

	@Test
	void boundsASearchForARareReasonAndGoesOn() throws StoreException {
		for (int i = 0; i < Search.MOST_READS + 50; i++) {
			this.cemetery.bury(SHOP, "orders/create", "id-" + i, "rejected");
		}
		String rare = this.cemetery.bury(SHOP, "orders/create", "rare", "exhausted");
		Page page = list(null, null, "exhausted", null, null);
		assertThat(page.deadLetters()).isEmpty();
		assertThat(page.next()).isNotNull();
		assertThat(this.cemetery.store.calls().stream().filter((call) -> call.startsWith("GET")))
			.hasSizeBetween(Search.MOST_READS, Search.MOST_READS + 32);
		assertThat(list(null, null, "exhausted", page.next(), null).deadLetters()).extracting(DeadLetter::key)
			.containsExactly(rare);
	}

	@Test
	void listsWithoutWhatWasDeletedMeanwhile() throws StoreException {
		String gone = this.cemetery.bury(SHOP, "orders/create", "1", "rejected");
		String there = this.cemetery.bury(SHOP, "orders/create", "2", "rejected");
		this.cemetery.store.onceListed(() -> this.cemetery.store.remove(gone));
		assertThat(list(null, null, null, null, null).deadLetters()).extracting(DeadLetter::key).containsExactly(there);
	}

	@Test
	void callsCorruptOnlyWhatStaysSo() throws StoreException {
		String altered = this.cemetery.bury(SHOP, "orders/create", "1", "rejected");
		String sound = this.cemetery.bury(SHOP, "orders/create", "2", "rejected");
		String newer = this.cemetery.bury(SHOP, "orders/create", "3", "rejected");
		this.cemetery.store.alter(altered, "canary", "forged");
		this.cemetery.store.alter(newer, "Holdfast-Version: 1", "Holdfast-Version: 2");
		this.cemetery.store.garbleNext(sound);
		assertThat(list(null, null, null, null, null).deadLetters())
			.extracting((letter) -> letter.key() + " " + letter.reason())
			.containsExactly(altered + " corrupt", sound + " rejected", newer + " unknown-version");
		assertThat(list(null, null, "corrupt", null, null).deadLetters()).hasSize(1);
		assertThat(this.cemetery.replay(altered, "true").getStatus()).isEqualTo(422);
		assertThat(Cemetery.error(this.cemetery.replay(newer, "true"))).contains("newer Holdfast");
	}

	@Test
	void readsTheBytesAsTheyAreStored() throws StoreException {
		String key = this.cemetery.bury(SHOP, "orders/create", "1", "rejected");
		WebEndpointResponse<Object> answer = this.cemetery.endpoint.read(key.split("/"));
		assertThat(answer.getStatus()).isEqualTo(200);
		assertThat(String.valueOf(answer.getContentType())).isEqualTo("application/http");
		assertThat((byte[]) answer.getBody()).isEqualTo(this.cemetery.store.get(key));
	}

	@ParameterizedTest
	@ValueSource(strings = { "", "inbox/20261120T020000000Z-0123456789abcdef-1-10.http",
			"dead-letter/20261120T020000000Z-0123456789abcdef-1-10.http",
			"dead-letter/-/20261120T020000000Z-0123456789abcdef-1-10.http",
			"dead-letter/../inbox/20261120T020000000Z-0123456789abcdef-1-10.http",
			"dead-letter/a.com/../../inbox/20261120T020000000Z-0123456789abcdef-1-10.http",
			"dead-letter/a.com//20261120T020000000Z-0123456789abcdef-1-10.http",
			"dead-letter/a.com/orders/create/holdfast", "marker" })
	void hasNoOtherObjectThanDeadLetters(String key) throws StoreException {
		this.cemetery.bury(SHOP, "orders/create", "1", "rejected");
		List<String> before = this.cemetery.store.calls();
		assertThat(this.cemetery.endpoint.read(key.split("/")).getStatus()).isEqualTo(404);
		assertThat(this.cemetery.replay(key, "true").getStatus()).isEqualTo(404);
		assertThat(this.cemetery.endpoint.discard(key.split("/")).getStatus()).isEqualTo(404);
		assertThat(this.cemetery.store.calls()).isEqualTo(before);
	}

	@Test
	void answersWithOneSentenceWhatItCannotDo() throws StoreException {
		String key = this.cemetery.bury(SHOP, "orders/create", "1", "rejected");
		assertThat(Cemetery.error(endpointList(null, null, null, null, "201"))).contains("between 1 and 200");
		assertThat(Cemetery.error(endpointList(null, null, null, null, "many"))).contains("limit");
		assertThat(Cemetery.error(endpointList(null, null, null, SegmentKey.INBOX, null))).contains("after");
		assertThat(Cemetery.error(endpointList("a b", null, null, null, null))).contains("shop");
		assertThat(endpointList("..", null, null, null, null).getStatus()).isEqualTo(400);
		assertThat(this.cemetery.replay(key, "yes").getStatus()).isEqualTo(400);
		this.cemetery.store.failNext(Operation.LIST, Moment.BEFORE, "");
		assertThat(endpointList(null, null, null, null, null).getStatus()).isEqualTo(503);
		this.cemetery.store.failNext(Operation.GET, Moment.BEFORE, "");
		assertThat(endpointList(null, null, null, null, null).getStatus()).isEqualTo(503);
	}

	private Page list(String shop, String topic, String reason, String after, String limit) {
		return (Page) endpointList(shop, topic, reason, after, limit).getBody();
	}

	private WebEndpointResponse<Object> endpointList(String shop, String topic, String reason, String after,
			String limit) {
		return this.cemetery.endpoint.list(shop, topic, reason, null, after, limit);
	}

}
