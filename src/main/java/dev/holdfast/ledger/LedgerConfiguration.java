package dev.holdfast.ledger;

import java.time.Duration;
import java.util.Random;

import io.micrometer.core.instrument.MeterRegistry;

import org.springframework.boot.data.redis.autoconfigure.ClientResourcesBuilderCustomizer;
import org.springframework.boot.data.redis.autoconfigure.DataRedisConnectionDetails;
import org.springframework.boot.data.redis.autoconfigure.DataRedisProperties;
import org.springframework.boot.data.redis.autoconfigure.LettuceClientConfigurationBuilderCustomizer;
import org.springframework.boot.data.redis.autoconfigure.LettuceClientOptionsBuilderCustomizer;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.data.redis.connection.lettuce.LettuceConnectionFactory;
import org.springframework.data.redis.core.StringRedisTemplate;

import dev.holdfast.schedule.Scheduler;
import dev.holdfast.telemetry.Conditions;

/// The ledger and its way to Redis. Redis itself is set by `spring.data.redis.*`.
@Configuration(proxyBeanMethods = false)
class LedgerConfiguration {

	private static final Duration CONNECT_TIMEOUT = Duration.ofMillis(500);

	@Bean
	static ShuffledSentinels shuffledSentinels() {
		return new ShuffledSentinels(new Random());
	}

	@Bean
	LettuceClientOptionsBuilderCustomizer lettuceOptions(DataRedisProperties redis) {
		Duration timeout = (redis.getConnectTimeout() != null) ? redis.getConnectTimeout() : CONNECT_TIMEOUT;
		return (options) -> LettuceSettings.apply(options, timeout);
	}

	@Bean
	LettuceClientConfigurationBuilderCustomizer lettuceClient() {
		return LettuceSettings::apply;
	}

	@Bean
	ClientResourcesBuilderCustomizer lettuceResources() {
		return LettuceSettings::apply;
	}

	@Bean
	RedisLink redisLink(LedgerName name, DataRedisProperties redis, StringRedisTemplate template,
			LettuceConnectionFactory connections, Scheduler scheduler, Conditions conditions, MeterRegistry meters) {
		refuseWhatCannotWork(redis);
		String key = new LedgerKeys(name.value()).probe();
		Watchdog watchdog = new Watchdog(connections::resetConnection, scheduler, meters);
		return new RedisLink(RedisLink.probe(template, key), watchdog, scheduler, conditions, meters);
	}

	@Bean
	Ledger ledger(LedgerName name, LedgerProperties properties, StringRedisTemplate template, RedisLink link,
			MeterRegistry meters) {
		return new RedisLedger(name.value(), properties.retention(), template, link, meters);
	}

	@Bean
	RedisAdvisor redisAdvisor(RedisLink link, StringRedisTemplate template, DataRedisConnectionDetails details,
			Scheduler scheduler, Conditions conditions, MeterRegistry meters) {
		DataRedisConnectionDetails.Sentinel sentinel = details.getSentinel();
		RedisView view = new RedisView(template, (sentinel != null) ? sentinel.getMaster() : null);
		return new RedisAdvisor(view, new RedisVitals(meters), link, scheduler, conditions);
	}

	private static void refuseWhatCannotWork(DataRedisProperties redis) {
		if (Boolean.TRUE.equals(redis.getLettuce().getPool().getEnabled())) {
			throw new IllegalStateException("spring.data.redis.lettuce.pool.enabled must be false: "
					+ "a pool would hand out the frozen connection that was just given up");
		}
		if (redis.getLettuce().getReadFrom() != null) {
			throw new IllegalStateException("spring.data.redis.lettuce.read-from must not be set: "
					+ "a replica may not know yet what was handled");
		}
		if (redis.getCluster() != null) {
			throw new IllegalStateException("spring.data.redis.cluster must not be set: "
					+ "the ledger's scripts read keys that Redis Cluster would keep on other nodes");
		}
	}

}
