package dev.holdfast.receive;

import java.nio.file.Path;

import jakarta.validation.constraints.Min;
import org.jspecify.annotations.Nullable;

import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.bind.DefaultValue;
import org.springframework.util.unit.DataSize;
import org.springframework.validation.annotation.Validated;

/// What the HTTP edge is told.
///
/// @param secret the app's client secret; the environment's `SHOPIFY_WEBHOOK_SECRET`
/// unless set otherwise
/// @param secretsDirectory a directory with one secret in each file, read again every 10
/// s: both the old and the new secret are in force while one is rotated
/// @param maxBody the longest body that is accepted; Shopify's own limit is not published
/// @param maxConcurrent how many requests with a complete body there are at once; more are
/// answered 503. The default is as many as the server has connections: a crowd is served
/// late rather than refused
@Validated
@ConfigurationProperties("holdfast.receive")
record ReceiveProperties(@Nullable Secret secret, @Nullable Path secretsDirectory,
		@DefaultValue("16MB") DataSize maxBody, @DefaultValue("10000") @Min(value = 1,
				message = "must be at least 1: it is how many requests there are at once") int maxConcurrent) {
}
