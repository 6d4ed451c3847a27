package dev.holdfast.process;

import java.time.Duration;
import java.util.Set;

import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.bind.DefaultValue;

/// What belongs to no part alone.
///
/// @param name what separates this buffer's keys in Redis from another's; by default the
/// bucket and its prefix
/// @param ignore topic patterns that are dropped where no handler takes them
/// @param drainDelay how long a replica that was told to stop says so to the load balancer
/// before it refuses
@ConfigurationProperties("holdfast")
record HoldfastProperties(@DefaultValue("") String name, @DefaultValue Set<String> ignore,
		@DefaultValue("10s") Duration drainDelay) {

	HoldfastProperties {
		if (!name.matches("[A-Za-z0-9_./-]{0,64}")) {
			throw new IllegalArgumentException(
					"holdfast.name may hold letters, digits, '_', '.', '/' and '-', 64 at most");
		}
		if (drainDelay.isNegative() || drainDelay.compareTo(Duration.ofMinutes(2)) > 0) {
			throw new IllegalArgumentException("holdfast.drain-delay must be between 0s and 2m");
		}
	}

}
