package dev.holdfast.buffer;

import java.time.Duration;

import jakarta.validation.constraints.Max;
import jakarta.validation.constraints.Min;
import org.hibernate.validator.constraints.time.DurationMax;
import org.hibernate.validator.constraints.time.DurationMin;
import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.bind.DefaultValue;
import org.springframework.validation.annotation.Validated;

/// How deliveries are put together.
///
/// @param maxDeliveries how many deliveries one object may hold; 1 gives each its own
/// @param putInterval how far apart PUTs begin at least, unless as many wait as one object
/// may hold; 1 s at most, because Shopify waits 5 for its answer
@Validated
@ConfigurationProperties("holdfast.buffer")
record BufferProperties(@DefaultValue("256") @Min(1) @Max(256) int maxDeliveries,
		@DefaultValue("5ms") @DurationMin @DurationMax(seconds = 1) Duration putInterval) {
}
