package dev.holdfast.deadletter;

import dev.holdfast.buffer.ForeignObjects;
import dev.holdfast.buffer.ObjectStore;
import dev.holdfast.buffer.SegmentWriter;
import dev.holdfast.buffer.StoreClock;
import dev.holdfast.ledger.Ledger;
import dev.holdfast.schedule.Scheduler;
import dev.holdfast.telemetry.Conditions;
import io.micrometer.core.instrument.MeterRegistry;
import org.springframework.beans.factory.annotation.Qualifier;
import org.springframework.boot.autoconfigure.condition.ConditionalOnBooleanProperty;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;

/// Every replica answers the operator; those that process also sweep.
@Configuration(proxyBeanMethods = false)
class DeadLetterConfiguration {

	@Bean
	Discards discards(@Qualifier("processingStore") ObjectStore store, MeterRegistry meters) {
		return new Discards(store, meters);
	}

	@Bean
	DeadLettersEndpoint deadLettersEndpoint(@Qualifier("processingStore") ObjectStore store, SegmentWriter writer,
			Ledger ledger, StoreClock clock, Scheduler scheduler, Discards discards, MeterRegistry meters) {
		return new DeadLettersEndpoint(store, new Search(store, clock, scheduler),
				new Replays(store, writer, ledger, clock, meters), discards);
	}

	@Bean(initMethod = "start", destroyMethod = "stop")
	@ConditionalOnBooleanProperty(name = "holdfast.process.enabled", matchIfMissing = true)
	DeadLetterSweep deadLetterSweep(@Qualifier("processingStore") ObjectStore store, StoreClock clock,
			Discards discards, ForeignObjects foreign, Conditions conditions, Scheduler scheduler,
			DeadLetterProperties properties, MeterRegistry meters) {
		return new DeadLetterSweep(store, clock, discards, new DeadLetterGauges(scheduler, meters), foreign, conditions,
				scheduler, properties.retention());
	}

}
