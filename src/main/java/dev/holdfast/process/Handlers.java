package dev.holdfast.process;

import java.util.HashSet;
import java.util.List;
import java.util.Set;

import dev.holdfast.delivery.Copy;
import dev.holdfast.delivery.Topic;
import dev.holdfast.schedule.Scheduler;
import dev.holdfast.telemetry.Condition;
import dev.holdfast.telemetry.Conditions;

/// The configured handlers, and which of them take a delivery.
final class Handlers {

	private final List<HandlerGate> gates;

	private final Set<String> ignored;

	private final Conditions conditions;

	Handlers(List<DeliveryHandler> handlers, Set<String> ignored, Scheduler scheduler, Conditions conditions) {
		Set<String> names = new HashSet<>();
		for (DeliveryHandler handler : handlers) {
			if (!handler.name().matches("[A-Za-z0-9_-]{1,32}") || !names.add(handler.name())) {
				throw new IllegalStateException("A handler's name must be unique and hold 1 to 32 letters, digits, "
						+ "'-' and '_', but one is called '" + handler.name() + "'");
			}
		}
		this.gates = handlers.stream().map((handler) -> new HandlerGate(handler, scheduler)).toList();
		this.ignored = Set.copyOf(ignored);
		this.conditions = conditions;
	}

	boolean isEmpty() {
		return this.gates.isEmpty();
	}

	/// Those that take a copy: the one it names, or all that take its topic.
	List<HandlerGate> taking(Copy copy) {
		String only = copy.envelope().handler();
		if (only != null) {
			return this.gates.stream().filter((gate) -> gate.handler().name().equals(only)).toList();
		}
		Topic topic = copy.delivery().topic();
		return this.gates.stream().filter((gate) -> gate.handler().topics().stream().anyMatch(topic::matches)).toList();
	}

	/// Whether a delivery that nobody takes is to be dropped.
	boolean ignores(Copy copy) {
		return copy.envelope().handler() == null && this.ignored.stream().anyMatch(copy.delivery().topic()::matches);
	}

	/// How many segments it makes sense to claim: none while every handler is paused, one
	/// while it is not known whether any works again.
	int worthClaiming() {
		if (this.gates.stream().allMatch(HandlerGate::isPaused)) {
			return 0;
		}
		return this.gates.stream().allMatch(HandlerGate::isDoubtful) ? 1 : Integer.MAX_VALUE;
	}

	void succeeded(HandlerGate gate) {
		gate.succeeded();
		if (this.conditions.holds(Condition.HANDLER_PAUSED) && this.gates.stream().noneMatch(HandlerGate::isDoubtful)) {
			this.conditions.clear(Condition.HANDLER_PAUSED);
		}
	}

	void failed(HandlerGate gate) {
		if (gate.failed()) {
			this.conditions.raise(Condition.HANDLER_PAUSED, "The handler " + gate.handler().name() + " failed "
					+ HandlerGate.FAILURES + " times in a row and is paused: look at its log and at what it calls");
		}
	}

}
