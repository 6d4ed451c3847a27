package com.example.orders;

import java.util.Set;

import dev.holdfast.process.Attempt;
import dev.holdfast.process.DeliveryHandler;
import dev.holdfast.process.Outcome;

/// Books an order under the idempotency key, so that a repeat changes nothing.
public final class OrderHandler implements DeliveryHandler {

	private final Orders orders;

	OrderHandler(Orders orders) {
		this.orders = orders;
	}

	@Override
	public String name() {
		return "orders";
	}

	@Override
	public Set<String> topics() {
		return Set.of("orders/*");
	}

	@Override
	public Outcome handle(Attempt attempt) {
		long id = attempt.json().path("id").asLong(0);
		if (id == 0) {
			return Outcome.dead("no-order-id", "the order has no id");
		}
		this.orders.book(attempt.idempotencyKey(), id, attempt.delivery().shopDomain().value());
		return Outcome.handled();
	}

}
