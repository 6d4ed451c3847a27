package dev.holdfast.process;

import java.util.Set;

/// Has the effect of a delivery. Every bean of this type takes part.
///
/// A delivery that was acknowledged is handed over until the handler handles it or gives it
/// up. It may be handed over again with the same idempotency key after a crash or a Redis
/// failover, and deliveries come in any order and at the same time.
public interface DeliveryHandler {

	/// A stable name of letters, digits, `-` and `_`: it is part of keys and tags.
	String name();

	/// The topics it takes: `orders/create`, `orders/*`, or `*`.
	Set<String> topics();

	/// Has the effect. It runs on a thread of its own and is interrupted at its deadline;
	/// whatever it throws is a retry.
	Outcome handle(Attempt attempt) throws Exception;

}
