package dev.holdfast.buffer;

import jakarta.validation.constraints.Max;
import jakarta.validation.constraints.Min;
import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.bind.DefaultValue;
import org.springframework.validation.annotation.Validated;

/// How deliveries are put together.
///
/// @param maxDeliveries how many deliveries one object may hold; 1 gives each its own
@Validated
@ConfigurationProperties("holdfast.buffer")
record BufferProperties(@DefaultValue("256") @Min(1) @Max(256) int maxDeliveries) {
}
