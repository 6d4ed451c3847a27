package dev.holdfast.buffer;

import java.security.SecureRandom;

import dev.holdfast.schedule.Scheduler;
import dev.holdfast.telemetry.Conditions;
import dev.holdfast.telemetry.Meters;
import io.micrometer.core.instrument.DistributionSummary;
import io.micrometer.core.instrument.MeterRegistry;
import org.springframework.beans.factory.ObjectProvider;
import org.springframework.beans.factory.annotation.Qualifier;
import org.springframework.boot.context.properties.source.InvalidConfigurationPropertyValueException;
import org.springframework.boot.ssl.NoSuchSslBundleException;
import org.springframework.boot.ssl.SslBundle;
import org.springframework.boot.ssl.SslBundles;
import org.springframework.context.SmartLifecycle;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import software.amazon.awssdk.services.s3.S3Client;

/// Puts the buffer together: receiving and processing each have a client of their own.
@Configuration(proxyBeanMethods = false)
class BufferConfiguration {

	@Bean
	SecureRandom random() {
		return new SecureRandom();
	}

	@Bean
	BufferName bufferName(StoreProperties properties) {
		return new BufferName(properties.bucket(), properties.defaultName());
	}

	@Bean
	StorePressure storePressure(Scheduler scheduler) {
		return new StorePressure(scheduler);
	}

	@Bean
	StoreClock storeClock(Scheduler scheduler, Conditions conditions) {
		return new StoreClock(scheduler, conditions);
	}

	@Bean(destroyMethod = "close", defaultCandidate = false)
	S3Client receivingClient(StoreProperties properties, SslBundles bundles) {
		return S3Clients.receiving(properties, tls(properties, bundles));
	}

	@Bean(destroyMethod = "close", defaultCandidate = false)
	S3Client processingClient(StoreProperties properties, SslBundles bundles) {
		return S3Clients.processing(properties, tls(properties, bundles));
	}

	@Bean
	StoreCalls storeCalls(MeterRegistry meters, StorePressure pressure) {
		return new StoreCalls(meters, pressure);
	}

	@Bean(defaultCandidate = false)
	S3ObjectStore receivingStore(@Qualifier("receivingClient") S3Client client, StoreProperties properties,
			StoreCalls calls, Scheduler scheduler) {
		return new S3ObjectStore(client, properties.bucket(), properties.prefix(), calls, scheduler);
	}

	@Bean(defaultCandidate = false)
	S3ObjectStore processingStore(@Qualifier("processingClient") S3Client client, StoreProperties properties,
			StoreCalls calls, Scheduler scheduler) {
		return new S3ObjectStore(client, properties.bucket(), properties.prefix(), calls, scheduler);
	}

	@Bean
	StoreProbe storeProbe(@Qualifier("receivingStore") S3ObjectStore store,
			@Qualifier("processingStore") S3ObjectStore reader, StoreClock clock, Conditions conditions,
			SecureRandom random) {
		return new StoreProbe(store, reader, clock, conditions, random);
	}

	@Bean
	StoreBreaker storeBreaker(Scheduler scheduler, Conditions conditions, StoreProbe probe) {
		return new StoreBreaker(scheduler, conditions, probe);
	}

	@Bean
	GroupCommit deliveryBuffer(BufferProperties properties, @Qualifier("receivingStore") S3ObjectStore store,
			StoreBreaker breaker, ObjectProvider<SegmentListener> listener, Scheduler scheduler, SecureRandom random,
			MeterRegistry meters) {
		DistributionSummary batches = DistributionSummary.builder(Meters.BATCH.id()).register(meters);
		return new GroupCommit(properties, store, breaker, listener.getIfAvailable(() -> SegmentListener.NONE),
				scheduler, random, batches);
	}

	@Bean
	SegmentWriter segmentWriter(@Qualifier("processingStore") S3ObjectStore store, SecureRandom random) {
		return new SegmentWriter(store, random);
	}

	@Bean
	Deletes deletes(@Qualifier("processingStore") S3ObjectStore store, Scheduler scheduler, MeterRegistry meters) {
		return new Deletes(store, scheduler, meters);
	}

	@Bean
	ForeignObjects foreignObjects(Conditions conditions) {
		return new ForeignObjects(conditions);
	}

	@Bean
	SmartLifecycle bufferLifecycle(GroupCommit buffer, StoreBreaker breaker) {
		return new BufferLifecycle(buffer, breaker);
	}

	private static SslBundle tls(StoreProperties properties, SslBundles bundles) {
		String name = properties.sslBundle();
		if (name.isEmpty()) {
			return SslBundle.systemDefault();
		}
		try {
			return bundles.getBundle(name);
		}
		catch (NoSuchSslBundleException ex) {
			throw new InvalidConfigurationPropertyValueException("holdfast.store.ssl-bundle", name,
					"There is no such bundle: set spring.ssl.bundle.pem." + name
							+ ".truststore.certificate to the file of the CA that signed the store's certificate.");
		}
	}

}
