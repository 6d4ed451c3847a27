package dev.holdfast.ledger;

import java.util.Locale;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

import io.lettuce.core.RedisCommandExecutionException;
import io.lettuce.core.RedisCommandInterruptedException;
import io.lettuce.core.RedisCommandTimeoutException;
import io.lettuce.core.RedisConnectionException;
import io.lettuce.core.RedisException;

import org.springframework.dao.QueryTimeoutException;
import org.springframework.data.redis.RedisConnectionFailureException;

/// Why a call to Redis failed.
enum RedisFailure {

	/// No answer in time.
	TIMEOUT,

	/// The node is a replica: a failover left the connection behind.
	READONLY,

	/// The node is a replica whose primary is away.
	MASTERDOWN,

	/// The node is a primary without its replicas: cut off from them, and likely replaced
	/// already.
	NOREPLICAS,

	/// The node is reading its data set.
	LOADING,

	/// Redis may not use more memory.
	FULL,

	/// Redis does not let this user run the command.
	FORBIDDEN,

	/// There is no connection.
	DISCONNECTED,

	/// This thread was interrupted, which says nothing about Redis.
	INTERRUPTED,

	/// Redis answered with another error.
	REFUSED,

	/// The watchdog's own: the probe has failed for long.
	STUCK;

	private static final Pattern WORD = Pattern.compile("\\b(READONLY|MASTERDOWN|NOREPLICAS|LOADING|OOM|NOPERM)\\b");

	private static final int MAX_DEPTH = 16;

	static RedisFailure of(Throwable thrown) {
		RedisFailure found = REFUSED;
		Throwable cause = thrown;
		for (int depth = 0; cause != null && depth < MAX_DEPTH; depth++) {
			if (cause instanceof RedisCommandExecutionException) {
				return answered(String.valueOf(cause.getMessage()));
			}
			if (found == REFUSED) {
				found = broken(cause);
			}
			cause = cause.getCause();
		}
		return found;
	}

	/// Whether another connection would likely find a better node.
	boolean saysWrongNode() {
		return this == READONLY || this == MASTERDOWN || this == NOREPLICAS || this == LOADING;
	}

	/// The failure's name in tags and logs.
	String tag() {
		return name().toLowerCase(Locale.ROOT);
	}

	private static RedisFailure answered(String message) {
		Matcher word = WORD.matcher(message);
		if (!word.find()) {
			return REFUSED;
		}
		return switch (word.group(1)) {
			case "OOM" -> FULL;
			case "NOPERM" -> FORBIDDEN;
			default -> valueOf(word.group(1));
		};
	}

	private static RedisFailure broken(Throwable cause) {
		if (cause instanceof RedisCommandInterruptedException) {
			return INTERRUPTED;
		}
		if (cause instanceof RedisConnectionFailureException || cause instanceof RedisConnectionException) {
			return DISCONNECTED;
		}
		if (cause instanceof QueryTimeoutException || cause instanceof RedisCommandTimeoutException) {
			return TIMEOUT;
		}
		return cause instanceof RedisException ? DISCONNECTED : REFUSED;
	}

}
