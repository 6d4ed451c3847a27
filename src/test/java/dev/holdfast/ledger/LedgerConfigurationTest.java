package dev.holdfast.ledger;

import java.time.Duration;
import java.util.List;
import java.util.Random;

import io.lettuce.core.ClientOptions;
import io.lettuce.core.resource.ClientResources;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import org.springframework.boot.autoconfigure.AutoConfigurations;
import org.springframework.boot.autoconfigure.ssl.SslAutoConfiguration;
import org.springframework.boot.context.properties.EnableConfigurationProperties;
import org.springframework.boot.data.redis.autoconfigure.DataRedisAutoConfiguration;
import org.springframework.boot.data.redis.autoconfigure.DataRedisConnectionDetails;
import org.springframework.boot.test.context.ConfigDataApplicationContextInitializer;
import org.springframework.boot.test.context.runner.ApplicationContextRunner;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.context.annotation.Import;
import org.springframework.data.redis.connection.lettuce.LettuceClientConfiguration;
import org.springframework.data.redis.connection.lettuce.LettuceConnectionFactory;
import org.springframework.data.redis.connection.lettuce.LettucePoolingClientConfiguration;

import dev.holdfast.schedule.Scheduler;
import dev.holdfast.telemetry.Condition;
import dev.holdfast.telemetry.Conditions;

import static org.assertj.core.api.Assertions.assertThat;

class LedgerConfigurationTest {

	private final ApplicationContextRunner runner = new ApplicationContextRunner()
		.withInitializer(new ConfigDataApplicationContextInitializer())
		.withConfiguration(AutoConfigurations.of(DataRedisAutoConfiguration.class, SslAutoConfiguration.class))
		.withUserConfiguration(Surroundings.class);

	@Test
	void startsWithoutRedisAndSaysSo() {
		this.runner.withPropertyValues("spring.data.redis.port=" + RedisProcess.freePort()).run((context) -> {
			context.getBean(StepScheduler.class).pass(Duration.ZERO);
			assertThat(context.getBean(Ledger.class).isAvailable()).isFalse();
			assertThat(context.getBean(Conditions.class).holds(Condition.REDIS_DOWN)).isTrue();
		});
	}

	@Test
	void configuresLettuceForAFailover() {
		this.runner.run((context) -> {
			LettuceClientConfiguration client = context.getBean(LettuceConnectionFactory.class)
				.getClientConfiguration();
			assertThat(client.getCommandTimeout()).isEqualTo(Duration.ofSeconds(1));
			assertThat(client.getClientName()).hasValue("holdfast");
			assertThat(client.getReadFrom()).isEmpty();
			assertThat(client).isNotInstanceOf(LettucePoolingClientConfiguration.class);
			ClientOptions options = client.getClientOptions().orElseThrow();
			assertThat(options.getDisconnectedBehavior()).isEqualTo(ClientOptions.DisconnectedBehavior.REJECT_COMMANDS);
			assertThat(options.isAutoReconnect()).isTrue();
			assertThat(options.getRequestQueueSize()).isEqualTo(10_000);
			assertThat(options.getTimeoutOptions().isTimeoutCommands()).isTrue();
			assertThat(options.getSocketOptions().getConnectTimeout()).isEqualTo(Duration.ofMillis(500));
			assertThat(options.getSocketOptions().getKeepAlive().getIdle()).isEqualTo(Duration.ofSeconds(5));
			assertThat(options.getSocketOptions().getTcpUserTimeout().getTcpUserTimeout())
				.isEqualTo(Duration.ofSeconds(5));
			assertThat(options.getMaintNotificationsConfig().maintNotificationsEnabled()).isFalse();
		});
	}

	@Test
	void endsAConnectionToAPartitionedRedisWhereTheSystemCan() {
		this.runner.run((context) -> {
			ClientOptions options = context.getBean(LettuceConnectionFactory.class)
				.getClientConfiguration()
				.getClientOptions()
				.orElseThrow();
			assertThat(options.getSocketOptions().isEnableTcpUserTimeout())
				.isEqualTo(System.getProperty("os.name").equals("Linux"));
		});
	}

	@Test
	void reconnectsAfterATenthToOneSecond() {
		this.runner.run((context) -> {
			ClientResources resources = context.getBean(ClientResources.class);
			for (int attempt = 1; attempt < 40; attempt++) {
				assertThat(resources.reconnectDelay().createDelay(attempt)).isBetween(Duration.ofMillis(100),
						Duration.ofSeconds(1));
			}
		});
	}

	@Test
	void shufflesTheSentinelsAndKeepsTheRest() {
		this.runner
			.withPropertyValues("spring.data.redis.sentinel.master=primary",
					"spring.data.redis.sentinel.nodes=a:1,b:2,c:3,d:4,e:5", "spring.data.redis.sentinel.username=su",
					"spring.data.redis.sentinel.password=sp", "spring.data.redis.username=u",
					"spring.data.redis.password=p", "spring.data.redis.database=7")
			.run((context) -> {
				DataRedisConnectionDetails details = context.getBean(DataRedisConnectionDetails.class);
				assertThat(details.getUsername()).isEqualTo("u");
				assertThat(details.getPassword()).isEqualTo("p");
				assertThat(details.getStandalone()).isNull();
				assertThat(details.getSentinel().getNodes()).extracting(DataRedisConnectionDetails.Node::host)
					.containsExactlyInAnyOrder("a", "b", "c", "d", "e");
				var sentinels = context.getBean(LettuceConnectionFactory.class).getSentinelConfiguration();
				assertThat(sentinels.getMaster().getName()).isEqualTo("primary");
				assertThat(sentinels.getSentinelUsername()).isEqualTo("su");
				assertThat(new String(sentinels.getSentinelPassword().get())).isEqualTo("sp");
				assertThat(sentinels.getDatabase()).isEqualTo(7);
				assertThat(sentinels.getSentinels()).hasSize(5);
				assertThat(details.getSentinel()).asString().doesNotContain("sp");
			});
	}

	@Test
	void putsTheSentinelsInAnotherOrderInAnotherReplica() {
		DataRedisConnectionDetails first = shuffled(1);
		assertThat(first.getSentinel().getNodes()).isEqualTo(first.getSentinel().getNodes());
		assertThat(List.of(1, 2, 3, 4, 5)).anySatisfy((seed) -> assertThat(shuffled(seed).getSentinel().getNodes())
			.isNotEqualTo(first.getSentinel().getNodes()));
	}

	@ParameterizedTest
	@ValueSource(strings = { "lettuce.read-from=replica-preferred", "cluster.nodes=127.0.0.1:1" })
	void refusesReplicaReadsAndCluster(String setting) {
		this.runner.withPropertyValues("spring.data.redis." + setting)
			.run((context) -> assertThat(context).getFailure()
				.rootCause()
				.isInstanceOf(IllegalStateException.class)
				.hasMessageContaining(" must "));
	}

	@Test
	void refusesARetentionShorterThanADay() {
		this.runner.withPropertyValues("holdfast.dedupe.retention=23h")
			.run((context) -> assertThat(context).hasFailed());
		this.runner.run((context) -> assertThat(context.getBean(LedgerProperties.class).retention())
			.isEqualTo(Duration.ofHours(48)));
	}

	private static DataRedisConnectionDetails shuffled(int seed) {
		DataRedisConnectionDetails details = new Three();
		return (DataRedisConnectionDetails) new ShuffledSentinels(new Random(seed))
			.postProcessAfterInitialization(details, "details");
	}

	private static final class Three implements DataRedisConnectionDetails {

		@Override
		public Sentinel getSentinel() {
			return new Sentinel() {

				@Override
				public int getDatabase() {
					return 0;
				}

				@Override
				public String getMaster() {
					return "primary";
				}

				@Override
				public List<Node> getNodes() {
					return List.of(new Node("a", 1), new Node("b", 2), new Node("c", 3));
				}

				@Override
				public String getUsername() {
					return null;
				}

				@Override
				public String getPassword() {
					return null;
				}

			};
		}

	}

	@Configuration(proxyBeanMethods = false)
	@Import(LedgerConfiguration.class)
	@EnableConfigurationProperties(LedgerProperties.class)
	static class Surroundings {

		@Bean
		LedgerName ledgerName() {
			return new LedgerName("harness");
		}

		@Bean
		Scheduler scheduler() {
			return new StepScheduler();
		}

		@Bean
		MeterRegistry meters() {
			return new SimpleMeterRegistry();
		}

		@Bean
		Conditions conditions(MeterRegistry meters) {
			return new Conditions(meters);
		}

	}

}
