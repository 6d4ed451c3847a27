package dev.holdfast.ledger;

import java.time.Duration;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ForkJoinPool;
import java.util.List;
import java.util.concurrent.TimeUnit;

import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

import org.springframework.data.redis.connection.lettuce.LettuceConnectionFactory;

import dev.holdfast.telemetry.Condition;

import static dev.holdfast.ledger.RedisHarness.LEASE;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

@Timeout(20)
class WatchdogTest {

	private static final Duration SECOND = Duration.ofSeconds(1);

	private RedisHarness harness;

	@BeforeEach
	void start() {
		this.harness = new RedisHarness();
	}

	@AfterEach
	void stop() {
		this.harness.close();
	}

	@Test
	void resetsTheConnectionToAFrozenRedisAfterThreeTimeouts() throws LedgerException {
		long before = this.harness.connections();
		this.harness.redis.freeze();
		fail(2);
		assertThat(this.harness.link.isAvailable()).isTrue();
		fail(1);
		assertThat(this.harness.link.isAvailable()).isFalse();
		this.harness.scheduler.pass(Duration.ZERO);
		assertThat(this.harness.resets("timeout")).isEqualTo(1);
		assertThat(this.harness.conditions.holds(Condition.REDIS_DOWN)).isTrue();
		this.harness.redis.thaw();
		this.harness.scheduler.pass(SECOND);
		assertThat(this.harness.conditions.holds(Condition.REDIS_DOWN)).isFalse();
		assertThat(this.harness.connections()).isGreaterThan(before);
		claim();
	}

	/// On a machine with two cores, one blocked thread is the whole pool.
	@Test
	void connectsThoughSomebodyBlocksTheCommonPoolOfTheJvm() throws LedgerException {
		CountDownLatch release = new CountDownLatch(1);
		for (int i = 0; i < 4 * ForkJoinPool.getCommonPoolParallelism() + 4; i++) {
			ForkJoinPool.commonPool().execute(() -> await(release));
		}
		try {
			((LettuceConnectionFactory) this.harness.template.getRequiredConnectionFactory()).resetConnection();
			assertThat(this.harness.ledger.ticket(SECOND)).isTrue();
		}
		finally {
			release.countDown();
		}
	}

	private static void await(CountDownLatch latch) {
		try {
			latch.await();
		}
		catch (InterruptedException ex) {
			Thread.currentThread().interrupt();
		}
	}

	@Test
	void findsAFrozenRedisByOneCall() throws LedgerException {
		this.harness.redis.freeze();
		fail(1);
		this.harness.scheduler.pass(Duration.ZERO);
		assertThat(this.harness.link.isAvailable()).isFalse();
		this.harness.scheduler.pass(Duration.ZERO);
		assertThat(this.harness.resets("timeout")).isEqualTo(1);
		this.harness.redis.thaw();
		this.harness.scheduler.pass(SECOND);
		claim();
	}

	@Test
	void forgetsTimeoutsOnceRedisAnswers() throws LedgerException {
		this.harness.redis.freeze();
		fail(2);
		this.harness.redis.thaw();
		Awaitility.await().until(this::answers);
		this.harness.redis.freeze();
		fail(2);
		assertThat(this.harness.link.isAvailable()).isTrue();
		assertThat(this.harness.resets("timeout")).isZero();
		this.harness.redis.thaw();
	}

	@Test
	void resetsTheConnectionAtTheFirstReadOnlyAnswer() throws LedgerException {
		long before = this.harness.connections();
		this.harness.command("REPLICAOF", "127.0.0.1", "1");
		fail(1);
		assertThat(this.harness.link.isAvailable()).isFalse();
		this.harness.scheduler.pass(Duration.ZERO);
		assertThat(this.harness.resets("readonly")).isEqualTo(1);
		assertThat(this.harness.conditions.holds(Condition.REDIS_DOWN)).isTrue();
		this.harness.command("REPLICAOF", "NO", "ONE");
		this.harness.scheduler.pass(SECOND);
		assertThat(this.harness.connections()).isGreaterThan(before);
		claim();
	}

	@Test
	void resetsTheConnectionToAPrimaryThatIsCutOffFromItsReplicas() throws LedgerException {
		this.harness.command("CONFIG", "SET", "min-replicas-to-write", "1");
		fail(1);
		assertThat(this.harness.link.isAvailable()).isFalse();
		this.harness.scheduler.pass(Duration.ZERO);
		assertThat(this.harness.resets("noreplicas")).isEqualTo(1);
		this.harness.command("CONFIG", "SET", "min-replicas-to-write", "0");
		this.harness.scheduler.pass(SECOND);
		claim();
	}

	@Test
	void resetsAtMostOnceInTwoSeconds() {
		this.harness.command("REPLICAOF", "127.0.0.1", "1");
		fail(1);
		this.harness.scheduler.pass(Duration.ZERO);
		this.harness.scheduler.pass(SECOND);
		assertThat(this.harness.resets("readonly")).isEqualTo(1);
		this.harness.scheduler.pass(SECOND);
		this.harness.scheduler.pass(SECOND);
		assertThat(this.harness.resets("readonly")).isEqualTo(2);
	}

	@Test
	void failsAtOnceAfterFiveFailuresInARowAndRecoversByItself() throws LedgerException {
		this.harness.command("CONFIG", "SET", "maxmemory", "1");
		fail(4);
		assertThat(this.harness.ledger.isAvailable()).isTrue();
		fail(1);
		assertThat(this.harness.ledger.isAvailable()).isFalse();
		this.harness.scheduler.pass(Duration.ZERO);
		assertThat(this.harness.conditions.holding().get(Condition.REDIS_DOWN)).contains("full");
		this.harness.redis.freeze();
		long before = System.nanoTime();
		fail(100);
		assertThat(Duration.ofNanos(System.nanoTime() - before)).isLessThan(RedisHarness.TIMEOUT);
		this.harness.redis.thaw();
		this.harness.command("CONFIG", "SET", "maxmemory", "0");
		this.harness.scheduler.pass(SECOND);
		assertThat(this.harness.ledger.isAvailable()).isTrue();
		claim();
	}

	@Test
	void reconnectsToARestartedRedis() throws LedgerException {
		this.harness.redis.close();
		fail(5);
		this.harness.scheduler.pass(Duration.ZERO);
		assertThat(this.harness.conditions.holds(Condition.REDIS_DOWN)).isTrue();
		this.harness.redis.restart();
		Awaitility.await().atMost(5, TimeUnit.SECONDS).until(() -> {
			this.harness.scheduler.pass(SECOND);
			return this.harness.ledger.isAvailable();
		});
		claim();
	}

	@Test
	void startsWithoutRedisAndRecoversWhenItComes() throws LedgerException {
		RedisProcess absent = RedisProcess.start();
		absent.close();
		try (RedisHarness late = new RedisHarness(absent, "", "")) {
			assertThat(late.ledger.isAvailable()).isFalse();
			assertThat(late.conditions.holds(Condition.REDIS_DOWN)).isTrue();
			assertThatExceptionOfType(LedgerException.class).isThrownBy(() -> late.ledger.ticket(LEASE));
			absent.restart();
			late.scheduler.pass(SECOND);
			assertThat(late.ledger.ticket(LEASE)).isTrue();
			assertThat(late.conditions.holds(Condition.REDIS_DOWN)).isFalse();
		}
	}

	@Test
	void countsNoInterruptionAgainstRedis() throws LedgerException {
		this.harness.redis.freeze();
		for (int i = 0; i < 6; i++) {
			Thread.currentThread().interrupt();
			fail(1);
			assertThat(Thread.interrupted()).isTrue();
		}
		this.harness.redis.thaw();
		assertThat(this.harness.ledger.isAvailable()).isTrue();
		claim();
	}

	private void fail(int times) {
		for (int i = 0; i < times; i++) {
			assertThatExceptionOfType(LedgerException.class).isThrownBy(this::claim);
		}
	}

	private boolean answers() {
		try {
			claim();
			return true;
		}
		catch (LedgerException ex) {
			return false;
		}
	}

	private void claim() throws LedgerException {
		this.harness.ledger.claim(List.of("segment"), "token", LEASE);
	}

}
