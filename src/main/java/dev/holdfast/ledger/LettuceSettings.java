package dev.holdfast.ledger;

import java.time.Duration;
import java.util.concurrent.TimeUnit;

import io.lettuce.core.ClientOptions;
import io.lettuce.core.ClientOptions.DisconnectedBehavior;
import io.lettuce.core.MaintNotificationsConfig;
import io.lettuce.core.SocketOptions;
import io.lettuce.core.SocketOptions.KeepAliveOptions;
import io.lettuce.core.SocketOptions.TcpUserTimeoutOptions;
import io.lettuce.core.resource.ClientResources;
import io.lettuce.core.resource.Delay;
import io.lettuce.core.resource.EpollProvider;

import org.springframework.data.redis.connection.lettuce.LettuceClientConfiguration.LettuceClientConfigurationBuilder;

/// How Lettuce is to behave when Redis does not. Its own defaults wait a minute for an
/// answer, half a minute to reconnect, queue without bound, and send again what was in
/// flight when a connection broke, so that a claim could lose against itself.
final class LettuceSettings {

	private static final int QUEUE = 10_000;

	private static final Duration KEEP_ALIVE_IDLE = Duration.ofSeconds(5);

	private static final Duration KEEP_ALIVE_INTERVAL = Duration.ofSeconds(2);

	private static final int KEEP_ALIVE_COUNT = 3;

	private static final Duration USER_TIMEOUT = Duration.ofSeconds(5);

	private static final long RECONNECT_MIN_MS = 100;

	private static final long RECONNECT_MAX_MS = 1000;

	private LettuceSettings() {
	}

	static void apply(ClientOptions.Builder options, Duration connectTimeout) {
		options.disconnectedBehavior(DisconnectedBehavior.REJECT_COMMANDS)
			.requestQueueSize(QUEUE)
			.maintNotificationsConfig(MaintNotificationsConfig.disabled())
			.socketOptions(sockets(connectTimeout));
	}

	static void apply(LettuceClientConfigurationBuilder client) {
		client.redisCredentialsProviderFactory(new ImmediateCredentials());
	}

	static void apply(ClientResources.Builder resources) {
		resources.reconnectDelay(
				Delay.fullJitter(RECONNECT_MIN_MS, RECONNECT_MAX_MS, RECONNECT_MIN_MS, TimeUnit.MILLISECONDS));
	}

	/// Built whole, because `SocketOptions.mutate()` forgets what is set here.
	private static SocketOptions sockets(Duration connectTimeout) {
		KeepAliveOptions keepAlive = KeepAliveOptions.builder()
			.enable()
			.idle(KEEP_ALIVE_IDLE)
			.interval(KEEP_ALIVE_INTERVAL)
			.count(KEEP_ALIVE_COUNT)
			.build();
		SocketOptions.Builder sockets = SocketOptions.builder().connectTimeout(connectTimeout).keepAlive(keepAlive);
		if (EpollProvider.isAvailable()) {
			sockets.tcpUserTimeout(TcpUserTimeoutOptions.builder().enable().tcpUserTimeout(USER_TIMEOUT).build());
		}
		return sockets.build();
	}

}
