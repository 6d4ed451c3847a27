package dev.holdfast.buffer;

import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashSet;
import java.util.List;
import java.util.Random;
import java.util.Set;

import dev.holdfast.buffer.StoreException.Kind;
import dev.holdfast.simulation.World;
import dev.holdfast.telemetry.Meters;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;

class DeletesTests {

	private final World world = new World(1);

	private final World.Process replica = this.world.new Process(Duration.ZERO);

	private final Refusing store = new Refusing();

	private final SimpleMeterRegistry meters = new SimpleMeterRegistry();

	private final Deletes deletes = new Deletes(this.store, this.replica, this.meters);

	private final Random random = new Random(1);

	@Test
	void waitsASecondForCompany() {
		SegmentKey first = add();
		this.world.pass(Duration.ofMillis(900));
		SegmentKey second = add();
		this.world.pass(Duration.ofMillis(99));
		assertThat(this.store.requests).isEmpty();
		assertThat(this.deletes.contains(first)).isTrue();
		this.world.pass(Duration.ofMillis(1));
		assertThat(this.store.requests).containsExactly(List.of(first.objectKey(), second.objectKey()));
		assertThat(this.deletes.contains(first)).isFalse();
		this.world.pass(Duration.ofMinutes(1));
		assertThat(this.store.requests).hasSize(1);
	}

	@Test
	void waitsForNothingOnceThereAreEnough() {
		for (int i = 0; i < 1200; i++) {
			add();
		}
		this.world.settle();
		assertThat(this.store.requests.stream().map(List::size)).containsExactly(500, 500, 200);
	}

	@Test
	void waitsForCompanyForWhatComesWhileItDeletes() {
		SegmentKey first = add();
		this.store.meanwhile = this::add;
		this.world.pass(Duration.ofSeconds(1));
		assertThat(this.store.requests).containsExactly(List.of(first.objectKey()));
		this.world.pass(Duration.ofMillis(999));
		assertThat(this.store.requests).hasSize(1);
		this.world.pass(Duration.ofMillis(1));
		assertThat(this.store.requests).hasSize(2);
	}

	@Test
	void triesRefusedKeysAgainAndNoOthers() {
		SegmentKey first = add();
		SegmentKey second = add();
		this.store.refused.add(second.objectKey());
		this.world.pass(Duration.ofSeconds(1));
		assertThat(this.deletes.contains(first)).isFalse();
		assertThat(this.deletes.contains(second)).isTrue();
		this.world.pass(Duration.ofMillis(1999));
		assertThat(this.store.requests).hasSize(1);
		this.store.refused.clear();
		this.world.pass(Duration.ofMillis(1));
		assertThat(this.store.requests.getLast()).containsExactly(second.objectKey());
		assertThat(this.deletes.contains(second)).isFalse();
		assertThat(this.meters.counter(Meters.DELETES_REFUSED.id()).count()).isEqualTo(1);
	}

	@Test
	void backsOffWhileTheStoreFails() {
		this.store.failing = true;
		SegmentKey segment = add();
		int requests = 0;
		for (int seconds : new int[] { 1, 2, 4, 8, 16, 30, 30 }) {
			this.world.pass(Duration.ofSeconds(seconds).minusMillis(1));
			assertThat(this.store.requests).hasSize(requests);
			this.world.pass(Duration.ofMillis(1));
			assertThat(this.store.requests).hasSize(++requests);
		}
		assertThat(this.deletes.contains(segment)).isTrue();
		this.store.failing = false;
		this.world.pass(Duration.ofSeconds(30));
		assertThat(this.deletes.contains(segment)).isFalse();
		add();
		this.world.pass(Duration.ofSeconds(1));
		assertThat(this.store.requests).as("the back-off is over").hasSize(requests + 2);
	}

	@Test
	void doesNotHammerAFailingStoreHoweverManyWait() {
		this.store.failing = true;
		for (int i = 0; i < 400; i++) {
			add();
		}
		this.world.pass(Duration.ofSeconds(1));
		for (int i = 0; i < 5000; i++) {
			add();
		}
		this.world.settle();
		assertThat(this.store.requests).hasSize(1);
	}

	@Test
	void forgetsWhatIsTooMuch() {
		this.store.failing = true;
		for (int i = 0; i < 20_000; i++) {
			add();
		}
		assertThat(this.deletes.contains(add())).isFalse();
		this.store.failing = false;
		this.world.pass(Duration.ofMinutes(1));
		assertThat(this.store.requests.stream().mapToInt(List::size).sum()).isBetween(20_000, 21_000);
	}

	@Test
	void deletesEachKeyOnceHoweverOftenItIsAdded() {
		SegmentKey segment = add();
		this.deletes.add(segment);
		this.world.pass(Duration.ofSeconds(1));
		assertThat(this.store.requests).containsExactly(List.of(segment.objectKey()));
	}

	@Test
	void asksForNothingWhereAnotherDeletedAllMeanwhile() {
		this.store.meanwhile = this.deletes::flush;
		for (int i = 0; i < 600; i++) {
			add();
		}
		this.world.settle();
		assertThat(this.store.requests.stream().map(List::size)).doesNotContain(0);
	}

	@Test
	void goesOnAfterAFailureThatNobodyExpects() {
		this.store.meanwhile = () -> {
			throw new IllegalStateException("unexpected");
		};
		SegmentKey segment = add();
		assertThatIllegalStateException().isThrownBy(this.deletes::flush);
		this.world.pass(Duration.ofSeconds(2));
		assertThat(this.deletes.contains(segment)).isFalse();
	}

	private SegmentKey add() {
		SegmentKey key = SegmentKey.create(SegmentKey.INBOX, this.world.time(), this.random, 1, 1, false);
		this.deletes.add(key);
		return key;
	}

	private static final class Refusing extends NoStore {

		private static final Runnable NOTHING = () -> {
		};

		private final List<List<String>> requests = new ArrayList<>();

		private final Set<String> refused = new HashSet<>();

		private boolean failing;

		private Runnable meanwhile = NOTHING;

		@Override
		public Set<String> delete(Collection<String> keys) throws StoreException {
			this.requests.add(List.copyOf(keys));
			assertThat(keys).isNotEmpty();
			Runnable now = this.meanwhile;
			this.meanwhile = NOTHING;
			now.run();
			if (this.failing) {
				throw new StoreException(Kind.UNAVAILABLE, "down", null);
			}
			Set<String> kept = new HashSet<>(keys);
			kept.retainAll(this.refused);
			return kept;
		}

	}

}
