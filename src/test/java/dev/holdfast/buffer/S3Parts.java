package dev.holdfast.buffer;

import java.net.URI;
import java.util.ArrayList;
import java.util.List;

import dev.holdfast.fixture.ObjectStoreServer;
import dev.holdfast.schedule.SystemScheduler;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import org.springframework.boot.ssl.SslBundle;
import software.amazon.awssdk.services.s3.S3Client;

/// Both clients of a bucket, as the application makes them.
final class S3Parts implements AutoCloseable {

	private final List<S3Client> clients = new ArrayList<>();

	final SystemScheduler scheduler = new SystemScheduler();

	final SimpleMeterRegistry meters = new SimpleMeterRegistry();

	final StorePressure pressure = new StorePressure(this.scheduler);

	final S3ObjectStore receiving;

	final S3ObjectStore processing;

	S3Parts(URI endpoint, ObjectStoreServer server, String prefix) {
		this(new StoreProperties(StoreProvider.GENERIC, "us-east-1", endpoint, ObjectStoreServer.BUCKET,
				(server != null) ? server.accessKey() : "access", (server != null) ? server.secretKey() : "secret",
				prefix, true, ""));
	}

	private S3Parts(StoreProperties properties) {
		this.receiving = store(S3Clients.receiving(properties, SslBundle.systemDefault()), properties);
		this.processing = store(S3Clients.processing(properties, SslBundle.systemDefault()), properties);
	}

	private S3ObjectStore store(S3Client client, StoreProperties properties) {
		this.clients.add(client);
		return new S3ObjectStore(client, properties.bucket(), properties.prefix(),
				new StoreCalls(this.meters, this.pressure), this.scheduler);
	}

	@Override
	public void close() {
		this.clients.forEach(S3Client::close);
		this.scheduler.close();
	}

}
