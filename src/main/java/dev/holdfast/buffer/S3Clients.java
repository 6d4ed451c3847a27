package dev.holdfast.buffer;

import java.net.URI;
import java.time.Duration;

import org.springframework.boot.ssl.SslBundle;
import software.amazon.awssdk.auth.credentials.AwsBasicCredentials;
import software.amazon.awssdk.auth.credentials.StaticCredentialsProvider;
import software.amazon.awssdk.core.checksums.RequestChecksumCalculation;
import software.amazon.awssdk.core.checksums.ResponseChecksumValidation;
import software.amazon.awssdk.core.client.config.ClientOverrideConfiguration;
import software.amazon.awssdk.regions.Region;
import software.amazon.awssdk.retries.StandardRetryStrategy;
import software.amazon.awssdk.services.s3.LegacyMd5Plugin;
import software.amazon.awssdk.services.s3.S3Client;
import software.amazon.awssdk.services.s3.S3ClientBuilder;
import software.amazon.awssdk.services.s3.S3Configuration;

/// Builds the clients: one for receiving, whose retries are group commit's, and one for
/// processing, so that neither can starve the other.
///
/// One compatibility mode serves all stores: checksums only where required, MD5 for
/// `DeleteObjects`, no chunked encoding (aws-sdk-java-v2 issues 5801 and 5805). Nor does a
/// PUT of 1 MiB or more ask first whether it may (`Expect`): that is a round trip, and 3 s
/// where a store does not know the question.
final class S3Clients {

	private static final int PROCESSING_TRIES = 3;

	private static final Duration PROCESSING_ATTEMPT = Duration.ofSeconds(5);

	private static final Duration PROCESSING_CALL = Duration.ofSeconds(15);

	private S3Clients() {
	}

	static S3Client receiving(StoreProperties properties, SslBundle tls) {
		return build(properties, tls,
				(override) -> override.retryStrategy(StandardRetryStrategy.builder().maxAttempts(1).build()));
	}

	static S3Client processing(StoreProperties properties, SslBundle tls) {
		return build(properties, tls,
				(override) -> override
					.retryStrategy(StandardRetryStrategy.builder().maxAttempts(PROCESSING_TRIES).build())
					.apiCallAttemptTimeout(PROCESSING_ATTEMPT)
					.apiCallTimeout(PROCESSING_CALL));
	}

	private static S3Client build(StoreProperties properties, SslBundle tls,
			java.util.function.Consumer<ClientOverrideConfiguration.Builder> override) {
		S3ClientBuilder builder = S3Client.builder()
			.region(Region.of(properties.region()))
			.requestChecksumCalculation(RequestChecksumCalculation.WHEN_REQUIRED)
			.responseChecksumValidation(ResponseChecksumValidation.WHEN_REQUIRED)
			.addPlugin(LegacyMd5Plugin.create())
			.putAuthScheme(new UnsignedBodies())
			.serviceConfiguration(
					S3Configuration.builder().chunkedEncodingEnabled(false).expectContinueEnabled(false).build())
			.forcePathStyle(properties.provider().isPathStyle())
			.overrideConfiguration(override)
			.httpClientBuilder((defaults) -> new StoreHttpClient(tls));
		URI endpoint = properties.effectiveEndpoint();
		if (endpoint != null) {
			builder.endpointOverride(endpoint);
		}
		if (!properties.accessKey().isEmpty()) {
			builder.credentialsProvider(StaticCredentialsProvider
				.create(AwsBasicCredentials.create(properties.accessKey(), properties.secret())));
		}
		return builder.build();
	}

}
