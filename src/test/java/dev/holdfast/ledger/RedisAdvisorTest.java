package dev.holdfast.ledger;

import java.time.Duration;
import java.util.List;

import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

import org.springframework.boot.test.system.CapturedOutput;
import org.springframework.boot.test.system.OutputCaptureExtension;

import dev.holdfast.telemetry.Condition;
import dev.holdfast.telemetry.Meters;

import static org.assertj.core.api.Assertions.assertThat;

@ExtendWith(OutputCaptureExtension.class)
class RedisAdvisorTest {

	private RedisHarness harness;

	private RedisAdvisor advisor;

	@BeforeEach
	void start() {
		this.harness = new RedisHarness();
		this.advisor = advisor(this.harness);
	}

	@AfterEach
	void stop() {
		this.advisor.stop();
		this.harness.close();
	}

	@Test
	void saysWhatIsMissingAndWhatToSetUntilItIsThere() {
		this.harness.command("CONFIG", "SET", "maxmemory-policy", "allkeys-lru");
		this.advisor.start();
		this.harness.scheduler.pass(Duration.ZERO);
		assertThat(risk()).contains("set maxmemory-policy noeviction (it is allkeys-lru)", "set appendonly yes",
				"no replica is connected");
		this.harness.command("CONFIG", "SET", "maxmemory-policy", "noeviction");
		this.harness.command("CONFIG", "SET", "save", "3600 1");
		this.harness.scheduler.pass(Duration.ofMinutes(1));
		assertThat(risk()).isEqualTo("Redis is at risk: no replica is connected, so nothing can take over: add one.");
		try (RedisProcess replica = RedisProcess.start("--replicaof", "127.0.0.1 " + this.harness.redis.port())) {
			Awaitility.await().until(() -> {
				this.advisor.look();
				return risk() == null;
			});
			assertThat(replica.port()).isPositive();
		}
	}

	@Test
	void saysOnceThatItCannotTellWhereAskingIsForbidden(CapturedOutput output) throws LedgerException {
		this.harness.command("ACL", "SETUSER", "tight", "on", ">secret", "~harness:*", "-@all", "+get", "+set", "+del",
				"+pttl", "+pexpire", "+mget", "+eval", "+evalsha", "+hello", "+ping", "+client|setname");
		try (RedisHarness tight = new RedisHarness(this.harness.redis, "tight", "secret")) {
			RedisAdvisor looking = advisor(tight);
			for (int i = 0; i < 10; i++) {
				assertThat(looking.look()).isTrue();
			}
			assertThat(tight.conditions.holds(Condition.REDIS_AT_RISK)).isFalse();
			assertThat(output)
				.containsOnlyOnce("cannot tell how redis is set up: maxmemory-policy, persistence, replicas");
			assertThat(tight.ledger.ticket(RedisHarness.LEASE)).isTrue();
			assertThat(tight.ledger.begin(RedisHarness.lease("s", "t"), List.of(RedisHarness.copy("r", 0)), true))
				.hasSize(1);
		}
	}

	@Test
	void isDownWhereNoScriptMayRun() {
		this.harness.command("ACL", "SETUSER", "unscripted", "on", ">secret", "~harness:*", "+@all", "-eval",
				"-evalsha");
		try (RedisHarness unscripted = new RedisHarness(this.harness.redis, "unscripted", "secret")) {
			assertThat(unscripted.link.isAvailable()).isFalse();
			unscripted.scheduler.pass(RedisLink.PROBE_INTERVAL);
			assertThat(unscripted.conditions.holds(Condition.REDIS_DOWN)).isTrue();
		}
	}

	@Test
	void leavesTheConditionWhileRedisIsAway() {
		this.harness.link.stop();
		assertThat(this.advisor.look()).isFalse();
		assertThat(this.harness.conditions.holds(Condition.REDIS_AT_RISK)).isFalse();
	}

	@Test
	void tellsHowFullRedisIs() {
		this.harness.command("CONFIG", "SET", "maxmemory", "100mb");
		assertThat(this.advisor.look()).isTrue();
		assertThat(memory()).isBetween(0.001, 0.5);
		this.harness.command("CONFIG", "SET", "maxmemory", "0");
		assertThat(this.advisor.look()).isTrue();
		assertThat(memory()).isNaN();
	}

	@Test
	void countsWheneverAnotherRedisTookOver() {
		RedisVitals vitals = new RedisVitals(this.harness.meters);
		vitals.look(view(this.harness));
		vitals.look(view(this.harness));
		assertThat(failovers()).isZero();
		try (RedisHarness other = new RedisHarness()) {
			vitals.look(view(other));
			vitals.look(view(other));
			assertThat(failovers()).isEqualTo(1);
		}
		vitals.look(view(this.harness));
		assertThat(failovers()).isEqualTo(2);
	}

	private double memory() {
		return this.harness.meters.get(Meters.REDIS_MEMORY.id()).gauge().value();
	}

	private double failovers() {
		return this.harness.meters.get(Meters.REDIS_FAILOVERS.id()).counter().count();
	}

	private static RedisView view(RedisHarness harness) {
		return new RedisView(harness.template, null);
	}

	private static RedisAdvisor advisor(RedisHarness harness) {
		return new RedisAdvisor(view(harness), new RedisVitals(harness.meters), harness.link, harness.scheduler,
				harness.conditions);
	}

	private String risk() {
		return this.harness.conditions.holding().get(Condition.REDIS_AT_RISK);
	}

}
