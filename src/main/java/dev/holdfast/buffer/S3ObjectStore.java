package dev.holdfast.buffer;

import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.time.Duration;
import java.time.Instant;
import java.time.ZonedDateTime;
import java.time.format.DateTimeFormatter;
import java.time.format.DateTimeParseException;
import java.util.Base64;
import java.util.Collection;
import java.util.HexFormat;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;

import dev.holdfast.buffer.StoreException.Kind;
import dev.holdfast.schedule.Scheduler;
import org.jspecify.annotations.Nullable;
import software.amazon.awssdk.core.sync.RequestBody;
import software.amazon.awssdk.services.s3.S3Client;
import software.amazon.awssdk.services.s3.model.BucketVersioningStatus;
import software.amazon.awssdk.services.s3.model.Delete;
import software.amazon.awssdk.services.s3.model.DeleteObjectsResponse;
import software.amazon.awssdk.services.s3.model.ListObjectsV2Response;
import software.amazon.awssdk.services.s3.model.ObjectIdentifier;
import software.amazon.awssdk.services.s3.model.PutObjectResponse;
import software.amazon.awssdk.services.s3.model.S3Error;

/// The object store as an S3 bucket. Every PUT carries its MD5, so that the store verifies
/// the bytes before it confirms them; an answer without an ETag is no confirmation, because
/// it came from something that is no object store.
final class S3ObjectStore implements ObjectStore {

	private static final String CONTENT_TYPE = "application/http";

	private final S3Client s3;

	private final String bucket;

	private final String prefix;

	private final StoreCalls calls;

	private final Scheduler scheduler;

	private volatile boolean etagIsMd5;

	S3ObjectStore(S3Client s3, String bucket, String prefix, StoreCalls calls, Scheduler scheduler) {
		this.s3 = s3;
		this.bucket = bucket;
		this.prefix = prefix;
		this.calls = calls;
		this.scheduler = scheduler;
	}

	/// From now on an ETag must be the MD5 of what was put: the probe has seen that this
	/// store answers so.
	void expectMd5() {
		this.etagIsMd5 = true;
	}

	@Override
	public void put(String key, Payload payload, Duration atMost) throws StoreException {
		byte[] md5 = payload.digest(md5());
		String etag = this.calls.run(StoreCalls.Operation.PUT, () -> {
			PutObjectResponse response = this.s3.putObject(
					(request) -> request.bucket(this.bucket)
						.key(this.prefix + key)
						.contentMD5(Base64.getEncoder().encodeToString(md5))
						.contentType(CONTENT_TYPE)
						.overrideConfiguration((override) -> override.apiCallTimeout(atMost)),
					RequestBody.fromContentProvider(payload::stream, payload.length(), CONTENT_TYPE));
			return response.eTag();
		});
		verify(etag, md5);
	}

	/// Whether the store's ETag is the MD5 of what was put.
	boolean probe(String key, Payload payload, Duration atMost) throws StoreException {
		put(key, payload, atMost);
		String etag = this.calls.run(StoreCalls.Operation.HEAD,
				() -> this.s3.headObject((request) -> request.bucket(this.bucket).key(this.prefix + key)).eTag());
		return etag != null && isMd5(etag, payload.digest(md5()));
	}

	@Override
	public byte[] get(String key) throws StoreException {
		return this.calls.run(StoreCalls.Operation.GET,
				() -> this.s3.getObjectAsBytes((request) -> request.bucket(this.bucket).key(this.prefix + key))
					.asByteArrayUnsafe());
	}

	@Override
	public Listing list(String folder, @Nullable String after) throws StoreException {
		ListObjectsV2Response response = this.calls.run(StoreCalls.Operation.LIST,
				() -> this.s3.listObjectsV2((request) -> request.bucket(this.bucket)
					.prefix(this.prefix + folder)
					.startAfter((after != null) ? this.prefix + after : null)));
		List<Listed> objects = response.contents()
			.stream()
			.map((object) -> new Listed(object.key().substring(this.prefix.length()), object.size(),
					object.lastModified()))
			.toList();
		Instant date = response.sdkHttpResponse().firstMatchingHeader("Date").flatMap(S3ObjectStore::date).orElse(null);
		return new Listing(objects, (date != null) ? date : this.scheduler.now(),
				Boolean.TRUE.equals(response.isTruncated()));
	}

	@Override
	public void copy(String from, String to) throws StoreException {
		this.calls.run(StoreCalls.Operation.COPY,
				() -> this.s3.copyObject((request) -> request.sourceBucket(this.bucket)
					.sourceKey(this.prefix + from)
					.destinationBucket(this.bucket)
					.destinationKey(this.prefix + to)));
	}

	@Override
	public Set<String> delete(Collection<String> keys) throws StoreException {
		List<ObjectIdentifier> objects = keys.stream()
			.map((key) -> ObjectIdentifier.builder().key(this.prefix + key).build())
			.toList();
		DeleteObjectsResponse response = this.calls.run(StoreCalls.Operation.DELETE,
				() -> this.s3.deleteObjects((request) -> request.bucket(this.bucket)
					.delete(Delete.builder().objects(objects).quiet(true).build())));
		return response.errors()
			.stream()
			.map(S3Error::key)
			.map((key) -> key.substring(this.prefix.length()))
			.collect(Collectors.toSet());
	}

	/// Whether the bucket keeps deleted versions, or kept them once.
	boolean isVersioned() throws StoreException {
		BucketVersioningStatus status = this.calls.run(StoreCalls.Operation.HEAD,
				() -> this.s3.getBucketVersioning((request) -> request.bucket(this.bucket)).status());
		return status != null;
	}

	private void verify(@Nullable String etag, byte[] md5) throws StoreException {
		if (etag == null || unquoted(etag).isEmpty()) {
			throw new StoreException(Kind.UNAVAILABLE,
					"the answer to a PUT had no ETag: holdfast.store.endpoint may be a proxy, not an object store",
					null);
		}
		if (this.etagIsMd5 && !isMd5(etag, md5)) {
			throw new StoreException(Kind.UNAVAILABLE, "the store confirmed other bytes than were sent", null);
		}
	}

	private static boolean isMd5(String etag, byte[] md5) {
		return unquoted(etag).equalsIgnoreCase(HexFormat.of().formatHex(md5));
	}

	private static String unquoted(String etag) {
		return etag.replace("\"", "");
	}

	/// Every object store dates its answers; a proxy that does not, or does it oddly,
	/// leaves this replica's own clock.
	private static Optional<Instant> date(String header) {
		try {
			return Optional.of(ZonedDateTime.parse(header, DateTimeFormatter.RFC_1123_DATE_TIME).toInstant());
		}
		catch (DateTimeParseException _) {
			return Optional.empty();
		}
	}

	private static MessageDigest md5() {
		try {
			return MessageDigest.getInstance("MD5");
		}
		catch (NoSuchAlgorithmException ex) {
			throw new IllegalStateException("every Java platform has MD5", ex);
		}
	}

}
