package dev.holdfast.deadletter;

import java.time.Duration;

import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.bind.DefaultValue;

/// How dead letters are kept.
///
/// @param retention after how long a dead letter is deleted, counted by the store's clock
@ConfigurationProperties("holdfast.dead-letter")
record DeadLetterProperties(@DefaultValue("30d") Duration retention) {

	DeadLetterProperties {
		if (retention.compareTo(Duration.ofDays(1)) < 0 || retention.compareTo(Duration.ofDays(3650)) > 0) {
			throw new IllegalArgumentException("holdfast.dead-letter.retention must be between 1d and 3650d");
		}
	}

}
