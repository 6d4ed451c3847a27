package dev.holdfast.process;

import java.time.Duration;
import java.util.List;

import dev.holdfast.buffer.SegmentKey;
import dev.holdfast.process.Bench.Host;
import dev.holdfast.process.Bench.Scripted;
import dev.holdfast.simulation.World;
import dev.holdfast.telemetry.Condition;
import dev.holdfast.telemetry.Meters;
import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;

/// When a replica claims nothing, through the poller and through the hand-off.
class ReadinessTests {

	private final Bench bench = new Bench();

	private final World.Process outside = this.bench.world.new Process(Duration.ZERO);

	private final Scripted books = this.bench.new Scripted("books", (_) -> Outcome.handled());

	@Test
	void claimsNothingWithoutAHandler() {
		this.bench.stored(Bench.copy("1"));
		this.bench.host().poll();
		assertThat(this.bench.times("redis")).isZero();
		assertThat(this.bench.conditions.holding()).containsOnlyKeys(Condition.NO_HANDLER);
		assertThat(this.bench.store.keys("inbox/")).hasSize(1);
	}

	@Test
	void claimsNothingWhileRedisIsAway() {
		this.bench.stored(Bench.copy("1"));
		this.bench.wire.available = false;
		Host host = this.bench.host(this.books);
		host.poll();
		assertThat(this.bench.times("redis")).isZero();
		this.bench.wire.available = true;
		host.poll();
		assertThat(this.books.attempts).hasSize(1);
	}

	@Test
	void claimsNothingWhileEveryHandlerIsPausedAndOneToProbe() {
		Host host = this.bench.host(this.books);
		for (int i = 0; i < 20; i++) {
			host.handlers.taking(Bench.copy("x")).forEach(host.handlers::failed);
		}
		for (int i = 0; i < 20; i++) {
			this.bench.stored(Bench.copy("" + i));
		}
		host.poll();
		assertThat(this.bench.times("redis claim")).isZero();
		this.bench.pass(Duration.ofSeconds(5));
		host.poll();
		assertThat(this.books.attempts).hasSize(1);
		host.poll();
		assertThat(this.books.attempts.size()).isGreaterThan(1);
	}

	@Test
	void claimsNothingWhileHalfOfTheHandlersHang() {
		Scripted deaf = this.bench.new Scripted("books", (_) -> {
			long until = this.bench.world.nanoTime() + Duration.ofDays(1).toNanos();
			while (this.bench.world.nanoTime() < until) {
				try {
					this.outside.pause(Duration.ofDays(1));
				}
				catch (InterruptedException _) {
					// As one that swallows what it should not.
				}
			}
			return Outcome.handled();
		});
		Host host = this.bench.host(deaf);
		for (int i = 0; i < 8; i++) {
			this.bench.stored(Bench.copy("" + i));
		}
		while (deaf.attempts.size() < 8) {
			host.poll();
		}
		this.bench.pass(Duration.ofSeconds(31));
		this.bench.stored(Bench.copy("next"));
		long claims = this.bench.times("redis claim");
		host.poll();
		assertThat(this.bench.times("redis claim")).isEqualTo(claims);
		assertThat(this.bench.conditions.holds(Condition.HANDLERS_HUNG)).isTrue();
	}

	@Test
	void handsOffOnlyWhenItMay() {
		Host host = this.bench.host(this.books);
		SegmentKey segment = this.bench.stored(Bench.copy("1"));
		host.handOff.stored(segment, List.of(Bench.copy("1")));
		assertThat(this.bench.count(Meters.HANDOFF, "result", "refused")).as("the name is not known yet").isEqualTo(1);
		host.poll();
		this.bench.pass(Duration.ofSeconds(1));
		SegmentKey next = this.bench.stored(Bench.copy("2"));
		long gets = this.bench.times("get ");
		host.handOff.stored(next, List.of(Bench.copy("2")));
		this.bench.pass(Duration.ofSeconds(1));
		assertThat(this.books.ids()).containsExactly("1", "2");
		assertThat(this.bench.times("get ")).as("its bytes are in memory").isEqualTo(gets);
		assertThat(this.bench.store.keys("inbox/")).isEmpty();
		this.bench.wire.unanswered.add("begin");
		host.handOff.stored(this.bench.stored(Bench.copy("unanswered")), List.of(Bench.copy("unanswered")));
		this.bench.pass(Duration.ofSeconds(2));
		this.bench.wire.unanswered.clear();
		this.bench.pass(Duration.ofSeconds(1));
		assertThat(this.books.ids()).as("asked again").hasSize(3);
		this.bench.wire.available = false;
		host.handOff.stored(this.bench.stored(Bench.copy("3")), List.of(Bench.copy("3")));
		this.bench.wire.available = true;
		host.handOff.stop();
		host.handOff.stored(this.bench.stored(Bench.copy("4")), List.of(Bench.copy("4")));
		this.bench.pass(Duration.ofSeconds(1));
		assertThat(this.books.ids()).hasSize(3);
		assertThat(this.bench.count(Meters.HANDOFF, "result", "refused")).isEqualTo(3);
		assertThat(host.handOff.processes()).isFalse();
	}

}
