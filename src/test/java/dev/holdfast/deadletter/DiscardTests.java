package dev.holdfast.deadletter;

import java.time.Duration;

import dev.holdfast.buffer.SegmentKey;
import dev.holdfast.buffer.StoreException;
import dev.holdfast.deadletter.Discards.Discarded;
import dev.holdfast.telemetry.Meters;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.NullSource;
import org.junit.jupiter.params.provider.ValueSource;

import org.springframework.boot.actuate.endpoint.web.WebEndpointResponse;

import static dev.holdfast.deadletter.Cemetery.SHOP;
import static org.assertj.core.api.Assertions.assertThat;

/// Nothing is discarded that the operator did not mean, and what is, is counted.
class DiscardTests {

	private final Cemetery cemetery = new Cemetery();

	@AfterEach
	void close() {
		this.cemetery.close();
	}

	@Test
	void discardsOneAndCountsItsDeliveriesOnce() throws StoreException {
		String key = this.cemetery.bury(Cemetery.copy(SHOP, "orders/create", "1", "rejected"),
				Cemetery.copy(SHOP, "orders/create", "2", "rejected"));
		String other = this.cemetery.bury(SHOP, "orders/create", "3", "rejected");
		assertThat(this.cemetery.endpoint.discard(key.split("/")).getStatus()).isEqualTo(200);
		assertThat(this.cemetery.endpoint.discard(key.split("/")).getStatus()).isEqualTo(404);
		assertThat(this.cemetery.store.keys("")).containsExactly(other);
		assertThat(this.cemetery.count(Meters.DISCARDED, "reason", "operator")).isEqualTo(2);
	}

	@Test
	void discardsRawBytes() throws StoreException {
		assertThat(this.cemetery.endpoint.discard(this.cemetery.buryRaw().split("/")).getStatus()).isEqualTo(200);
		assertThat(this.cemetery.count(Meters.DISCARDED, "reason", "operator")).isEqualTo(1);
	}

	@Test
	void saysWhatTheStoreKept() throws StoreException {
		String key = this.cemetery.bury(SHOP, "orders/create", "1", "rejected");
		this.cemetery.store.refuseToDelete(key);
		WebEndpointResponse<Object> answer = this.cemetery.endpoint.discard(key.split("/"));
		assertThat(answer.getStatus()).isEqualTo(503);
		assertThat(Cemetery.error(answer)).contains("refused");
		assertThat(this.cemetery.count(Meters.DISCARDED)).isZero();
	}

	@ParameterizedTest
	@NullSource
	@ValueSource(strings = { "0", "1", "3", "1000" })
	void discardsManyOnlyIfThereAreAsManyAsTheOperatorSays(String confirm) throws StoreException {
		bury();
		WebEndpointResponse<Object> answer = discard(null, null, confirm);
		assertThat(answer.getStatus()).isEqualTo(409);
		assertThat(Cemetery.error(answer)).contains("confirm=2");
		assertThat(this.cemetery.store.keys("")).hasSize(3);
	}

	@Test
	void discardsThoseThatMatch() throws StoreException {
		bury();
		Discarded discarded = (Discarded) discard(null, null, "2").getBody();
		assertThat(discarded).isEqualTo(new Discarded(2, 2, 0));
		assertThat(this.cemetery.store.keys(SegmentKey.DEAD_LETTER + SHOP + "/orders/updated/")).hasSize(1);
	}

	@Test
	void discardsOnlyWhatIsOldEnough() throws StoreException {
		bury();
		this.cemetery.store.advance(Duration.ofDays(2));
		this.cemetery.bury(SHOP, "orders/create", "young", "rejected");
		assertThat(discard("1d", null, "2").getStatus()).isEqualTo(200);
		assertThat(DeadLetter.ids(this.cemetery.copies(SegmentKey.DEAD_LETTER))).containsExactly("young", "3");
	}

	@Test
	void discardsABoundedNumber() throws StoreException {
		bury();
		assertThat(discard(null, "1001", "2").getStatus()).isEqualTo(400);
		assertThat(discard(null, "1", "1").getStatus()).isEqualTo(200);
		assertThat(this.cemetery.store.keys("")).hasSize(2);
	}

	private void bury() throws StoreException {
		this.cemetery.bury(SHOP, "orders/create", "1", "rejected");
		this.cemetery.bury(SHOP, "orders/create", "2", "rejected");
		this.cemetery.bury(SHOP, "orders/updated", "3", "rejected");
	}

	private WebEndpointResponse<Object> discard(String olderThan, String limit, String confirm) {
		return this.cemetery.endpoint.discardAll(SHOP, "orders/create", "rejected", olderThan, null, limit, confirm);
	}

}
