package dev.holdfast.process;

import java.security.SecureRandom;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;

import dev.holdfast.buffer.BufferName;
import dev.holdfast.buffer.Deletes;
import dev.holdfast.buffer.ForeignObjects;
import dev.holdfast.buffer.ObjectStore;
import dev.holdfast.buffer.SegmentWriter;
import dev.holdfast.buffer.StoreClock;
import dev.holdfast.buffer.StorePressure;
import dev.holdfast.ledger.Ledger;
import dev.holdfast.ledger.LedgerName;
import dev.holdfast.schedule.Scheduler;
import dev.holdfast.telemetry.Conditions;
import dev.holdfast.telemetry.Meters;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import org.springframework.beans.factory.ObjectProvider;
import org.springframework.beans.factory.annotation.Qualifier;
import org.springframework.boot.autoconfigure.condition.ConditionalOnBooleanProperty;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.scheduling.annotation.EnableScheduling;
import org.springframework.scheduling.annotation.Scheduled;

/// Puts processing together, unless this replica only receives.
@Configuration(proxyBeanMethods = false)
@EnableScheduling
class ProcessConfiguration {

	/// What share of the heap segments may take while they are worked on, and as much
	/// again while they wait for that.
	private static final int SHARE_OF_HEAP = 8;

	@Bean
	LedgerName ledgerName(HoldfastProperties properties, BufferName buffer) {
		return new LedgerName(properties.name().isEmpty() ? buffer.name() : properties.name());
	}

	@Bean
	DrainLifecycle drainLifecycle(HoldfastProperties properties, ObjectProvider<Poller> poller,
			ObjectProvider<HandOff> handOff, ObjectProvider<Leases> leases, Scheduler scheduler,
			Conditions conditions) {
		return new DrainLifecycle(properties.drainDelay(), () -> {
			poller.ifAvailable(Poller::stop);
			handOff.ifAvailable(HandOff::stop);
			leases.ifAvailable(Leases::stop);
		}, scheduler, conditions);
	}

	/// The parts of a replica that processes.
	@Configuration(proxyBeanMethods = false)
	@ConditionalOnBooleanProperty(name = "holdfast.process.enabled", matchIfMissing = true)
	static class Enabled {

		@Bean(destroyMethod = "shutdownNow", defaultCandidate = false)
		ExecutorService handlerThreads() {
			return Executors.newCachedThreadPool(Thread.ofPlatform().daemon().name("handler-", 1).factory());
		}

		@Bean
		Handlers handlers(ObjectProvider<DeliveryHandler> handlers, HoldfastProperties properties, Scheduler scheduler,
				Conditions conditions) {
			return new Handlers(handlers.orderedStream().toList(), properties.ignore(), scheduler, conditions);
		}

		@Bean
		HandlerRunner handlerRunner(@Qualifier("handlerThreads") ExecutorService threads, Scheduler scheduler,
				ProcessProperties properties, Conditions conditions, MeterRegistry meters) {
			HandlerRunner runner = new HandlerRunner((work) -> {
				Future<?> future = threads.submit(work);
				return () -> future.cancel(true);
			}, scheduler, properties.handlerTimeout(), properties.concurrency(), conditions);
			Gauge.builder(Meters.HUNG.id(), runner, HandlerRunner::hung).register(meters);
			return runner;
		}

		@Bean
		ProcessMeters processMeters(MeterRegistry meters) {
			return new ProcessMeters(meters);
		}

		@Bean
		Leases leases(Ledger ledger, Scheduler scheduler, SecureRandom random) {
			return new Leases(ledger, scheduler, random);
		}

		@Bean
		Marks marks(Ledger ledger, Scheduler scheduler, MeterRegistry meters) {
			return new Marks(ledger, scheduler, meters);
		}

		@Bean
		NameMarker nameMarker(@Qualifier("processingStore") ObjectStore store, LedgerName name, Scheduler scheduler,
				Conditions conditions) {
			return new NameMarker(store, name.value(), scheduler, conditions);
		}

		@Bean
		Readiness readiness(Handlers handlers, HandlerRunner runner, Ledger ledger, NameMarker marker,
				StorePressure pressure, StoreClock clock, Conditions conditions) {
			return new Readiness(handlers, runner, ledger, marker, pressure, clock, conditions);
		}

		@Bean
		DeliveryFinisher deliveryFinisher(Handlers handlers, HandlerRunner runner, SegmentWriter writer, Marks marks,
				ProcessProperties properties, StoreClock clock, Scheduler scheduler, ProcessMeters meters,
				SecureRandom random) {
			RetryPolicy policy = new RetryPolicy(properties.maxAttempts(), properties.maxAge());
			NextCopies nextCopies = new NextCopies(writer, new Parking(writer, clock, scheduler), policy, clock,
					scheduler, random);
			DeliveryCaller caller = new DeliveryCaller(handlers, runner, meters, scheduler, random);
			return new DeliveryFinisher(caller, handlers, nextCopies, marks, policy, clock, scheduler, meters);
		}

		@Bean
		Workers workers(Ledger ledger, Leases leases, @Qualifier("processingStore") ObjectStore store,
				SegmentWriter writer, DeliveryFinisher finisher, Deletes deletes, StoreClock clock, Scheduler scheduler,
				Conditions conditions, ProcessMeters meters, HandlerRunner runner) {
			SegmentWorker worker = new SegmentWorker(ledger, leases, new SegmentReader(store, scheduler), writer,
					finisher, deletes, clock, scheduler, conditions, meters, runner::isStopping);
			return new Workers(worker, scheduler, Runtime.getRuntime().maxMemory() / SHARE_OF_HEAP);
		}

		@Bean
		HandOff handOff(Workers workers, Leases leases, Readiness readiness, Scheduler scheduler,
				ProcessMeters meters) {
			return new HandOff(workers, leases, readiness::isReady, scheduler, meters,
					Runtime.getRuntime().maxMemory() / SHARE_OF_HEAP);
		}

		@Bean
		Backlog backlog(Scheduler scheduler, MeterRegistry meters) {
			return new Backlog(scheduler, meters);
		}

		@Bean
		Poller poller(Readiness readiness, @Qualifier("processingStore") ObjectStore store, StoreClock clock,
				Backlog backlog, ForeignObjects foreign, Ledger ledger, Leases leases, Workers workers, Deletes deletes,
				ProcessMeters meters, ProcessProperties properties, SecureRandom random) {
			Candidates candidates = new Candidates(store, clock, backlog, foreign, properties.pollInterval());
			return new Poller(readiness, candidates, ledger, leases, workers, deletes, meters,
					properties.pollInterval(), random);
		}

		@Bean
		PollSchedule pollSchedule(Poller poller) {
			return new PollSchedule(poller);
		}

		@Bean
		ProcessLifecycle processLifecycle(Leases leases, Workers workers, HandlerRunner runner, Marks marks,
				Deletes deletes, Scheduler scheduler) {
			return new ProcessLifecycle(leases, workers, runner, marks, deletes, scheduler);
		}

	}

	/// Calls the poller's one step, over and over.
	record PollSchedule(Poller poller) {

		@Scheduled(fixedDelayString = "${holdfast.process.poll-interval:5s}")
		void poll() {
			this.poller.poll();
		}

	}

}
