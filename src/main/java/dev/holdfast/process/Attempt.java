package dev.holdfast.process;

import java.time.Duration;

import dev.holdfast.delivery.Delivery;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/// One attempt at a delivery, as a handler sees it.
///
/// @param delivery what Shopify sent
/// @param idempotencyKey the same for every attempt at this delivery, by any replica; a
/// replay has another. A handler that stores it with its effect has that effect once.
/// @param number counts attempts from 1; a crash repeats a number
/// @param atMost how long the attempt may take before it is interrupted and tried again
public record Attempt(Delivery delivery, String idempotencyKey, int number, Duration atMost) {

	private static final JsonMapper JSON = new JsonMapper();

	/// The body as JSON.
	/// @throws tools.jackson.core.JacksonException if it is not JSON
	public JsonNode json() {
		return JSON.readTree(this.delivery.body());
	}

}
