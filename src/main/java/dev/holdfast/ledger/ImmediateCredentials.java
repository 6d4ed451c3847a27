package dev.holdfast.ledger;

import io.lettuce.core.RedisCredentialsProvider;
import io.lettuce.core.StaticCredentialsProvider;
import org.jspecify.annotations.Nullable;

import org.springframework.data.redis.connection.RedisConfiguration;
import org.springframework.data.redis.connection.RedisConfiguration.WithAuthentication;
import org.springframework.data.redis.connection.RedisPassword;
import org.springframework.data.redis.connection.RedisSentinelConfiguration;
import org.springframework.data.redis.connection.lettuce.RedisCredentialsProviderFactory;

/// Credentials that Lettuce has at once. For any others, those of the settings
/// included, it goes on with the handshake in the JVM's common pool: on two cores that
/// is one thread, and whoever blocks it, such as a handler, kept Redis from being found
/// again after a failover (`RedisHandshake.initiateHandshakeResp3`, Lettuce 7.5).
final class ImmediateCredentials implements RedisCredentialsProviderFactory {

	@Override
	public RedisCredentialsProvider createCredentialsProvider(RedisConfiguration redis) {
		return (redis instanceof WithAuthentication user) ? immediate(user.getUsername(), user.getPassword())
				: immediate(null, RedisPassword.none());
	}

	@Override
	public RedisCredentialsProvider createSentinelCredentialsProvider(RedisSentinelConfiguration sentinels) {
		return immediate(sentinels.getSentinelUsername(), sentinels.getSentinelPassword());
	}

	private static RedisCredentialsProvider immediate(@Nullable String username, RedisPassword password) {
		return new StaticCredentialsProvider(username, password.toOptional().orElse(null));
	}

}
