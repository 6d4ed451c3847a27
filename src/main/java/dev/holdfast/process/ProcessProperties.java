package dev.holdfast.process;

import java.time.Duration;

import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.bind.DefaultValue;

/// How deliveries are processed.
///
/// @param enabled whether this replica processes at all; every replica receives
/// @param pollInterval how often the bucket is looked at
/// @param concurrency how many handlers may run at a time
/// @param handlerTimeout when a handler is interrupted and its delivery tried again
/// @param maxAttempts after how many attempts a delivery becomes a dead letter
/// @param maxAge how long after its first failure a delivery may still be tried
@ConfigurationProperties("holdfast.process")
record ProcessProperties(@DefaultValue("true") boolean enabled, @DefaultValue("5s") Duration pollInterval,
		@DefaultValue("64") int concurrency, @DefaultValue("30s") Duration handlerTimeout,
		@DefaultValue("20") int maxAttempts, @DefaultValue("72h") Duration maxAge) {

	ProcessProperties {
		require(within(pollInterval, Duration.ofMillis(100), Duration.ofMinutes(5)),
				"holdfast.process.poll-interval must be between 100ms and 5m");
		require(concurrency >= 1 && concurrency <= 1000, "holdfast.process.concurrency must be between 1 and 1000");
		require(within(handlerTimeout, Duration.ofMillis(100), Duration.ofMinutes(10)),
				"holdfast.process.handler-timeout must be between 100ms and 10m");
		require(maxAttempts >= 1 && maxAttempts <= 1000, "holdfast.process.max-attempts must be between 1 and 1000");
		require(within(maxAge, Duration.ofMinutes(1), Duration.ofDays(14)),
				"holdfast.process.max-age must be between 1m and 14d");
	}

	private static boolean within(Duration value, Duration least, Duration most) {
		return value.compareTo(least) >= 0 && value.compareTo(most) <= 0;
	}

	private static void require(boolean condition, String message) {
		if (!condition) {
			throw new IllegalArgumentException(message);
		}
	}

}
