package dev.holdfast.schedule;

import java.util.List;
import java.util.concurrent.CompletableFuture;

import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;

class PermitsTests {

	private final Permits permits = new Permits(10);

	@Test
	void servesInTheOrderOfAsking() {
		assertThat(this.permits.acquire(8)).isCompleted();
		CompletableFuture<Void> large = this.permits.acquire(6);
		CompletableFuture<Void> small = this.permits.acquire(1);
		assertThat(List.of(large, small)).noneMatch(CompletableFuture::isDone);
		assertThat(this.permits.tryAcquire(1)).as("nobody jumps the queue").isFalse();
		this.permits.release(8);
		assertThat(List.of(large, small)).allMatch(CompletableFuture::isDone);
		assertThat(this.permits.free()).isEqualTo(3);
	}

	@Test
	void givesAllToWhoAsksForMore() {
		assertThat(this.permits.acquire(1000)).isCompleted();
		assertThat(this.permits.free()).isZero();
		this.permits.release(1000);
		assertThat(this.permits.free()).isEqualTo(10);
		assertThat(this.permits.tryAcquire(11)).isTrue();
		assertThat(this.permits.tryAcquire(1)).isFalse();
		assertThat(this.permits.total()).isEqualTo(10);
	}

	@Test
	void letsTheNextGoOnWhenTheFirstGivesUp() {
		this.permits.acquire(5);
		CompletableFuture<Void> large = this.permits.acquire(10);
		CompletableFuture<Void> small = this.permits.acquire(5);
		this.permits.abandon(large, 10);
		assertThat(small).isCompleted();
		assertThat(large).isNotDone();
		assertThat(this.permits.free()).isZero();
	}

	@Test
	void takesBackWhatWasServedInTheMeantime() {
		CompletableFuture<Void> served = this.permits.acquire(10);
		CompletableFuture<Void> next = this.permits.acquire(4);
		this.permits.abandon(served, 10);
		assertThat(next).isCompleted();
		assertThat(this.permits.free()).isEqualTo(6);
	}

}
