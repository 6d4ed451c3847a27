package dev.holdfast.ledger;

import java.io.IOException;
import java.util.Properties;
import java.util.function.Function;

import org.jspecify.annotations.Nullable;

import org.springframework.data.redis.connection.RedisConnection;
import org.springframework.data.redis.connection.RedisConnectionFactory;
import org.springframework.data.redis.connection.RedisSentinelConnection;
import org.springframework.data.redis.connection.RedisServer;
import org.springframework.data.redis.core.RedisCallback;
import org.springframework.data.redis.core.StringRedisTemplate;

/// What Redis tells about its own settings. Every answer may be null: Redis does not let
/// this user ask, or does not know.
final class RedisView {

	private final StringRedisTemplate template;

	private final @Nullable String master;

	/// @param master the name Sentinels know the primary by, if there are any
	RedisView(StringRedisTemplate template, @Nullable String master) {
		this.template = template;
		this.master = master;
	}

	@Nullable String info(String section, String field) {
		return ask((connection) -> connection.serverCommands().info(section), field);
	}

	@Nullable String setting(String name) {
		return ask((connection) -> connection.serverCommands().getConfig(name), name);
	}

	boolean usesSentinels() {
		return this.master != null;
	}

	/// The number of Sentinels that know each other.
	@Nullable Integer sentinels() {
		RedisConnectionFactory connections = this.template.getRequiredConnectionFactory();
		try (RedisSentinelConnection sentinel = connections.getSentinelConnection()) {
			for (RedisServer server : sentinel.masters()) {
				Long others = server.getNumberOtherSentinels();
				if (server.getName() != null && server.getName().equals(this.master) && others != null) {
					return others.intValue() + 1;
				}
			}
			return null;
		}
		catch (IOException | RuntimeException ex) {
			return null;
		}
	}

	private @Nullable String ask(Function<RedisConnection, @Nullable Properties> question, String field) {
		try {
			Properties answer = this.template.execute((RedisCallback<Properties>) question::apply);
			return (answer != null) ? answer.getProperty(field) : null;
		}
		catch (RuntimeException ex) {
			if (RedisFailure.of(ex) == RedisFailure.FORBIDDEN || RedisFailure.of(ex) == RedisFailure.REFUSED) {
				return null;
			}
			throw ex;
		}
	}

}
