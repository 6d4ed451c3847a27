package dev.holdfast.buffer;

import java.time.Duration;
import java.time.Instant;
import java.time.ZonedDateTime;
import java.time.format.DateTimeFormatter;
import java.time.format.DateTimeParseException;
import java.util.Collection;
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
import software.amazon.awssdk.services.s3.model.CopyObjectResponse;
import software.amazon.awssdk.services.s3.model.CopyObjectResult;
import software.amazon.awssdk.services.s3.model.Delete;
import software.amazon.awssdk.services.s3.model.DeleteObjectsResponse;
import software.amazon.awssdk.services.s3.model.ListObjectsV2Response;
import software.amazon.awssdk.services.s3.model.ObjectIdentifier;
import software.amazon.awssdk.services.s3.model.PutObjectResponse;
import software.amazon.awssdk.services.s3.model.S3Error;
import software.amazon.awssdk.services.s3.model.S3Exception;

/// The object store as an S3 bucket. Every PUT carries a digest, so that the store verifies
/// the bytes before it confirms them (see [PutCheck]); an answer without an ETag is no
/// confirmation, to a COPY neither, because it came from something that is no object
/// store.
final class S3ObjectStore implements ObjectStore {

	private static final String CONTENT_TYPE = "application/http";

	private static final int BAD_REQUEST = 400;

	private final S3Client s3;

	private final String bucket;

	private final String prefix;

	private final StoreCalls calls;

	private final Scheduler scheduler;

	private volatile PutCheck check = PutCheck.ETAG;

	S3ObjectStore(S3Client s3, String bucket, String prefix, StoreCalls calls, Scheduler scheduler) {
		this.s3 = s3;
		this.bucket = bucket;
		this.prefix = prefix;
		this.calls = calls;
		this.scheduler = scheduler;
	}

	/// From now on PUTs are checked in this way: the probe has seen that this store knows
	/// it.
	void checkBy(PutCheck check) {
		this.check = check;
	}

	@Override
	public void put(String key, Payload payload, Duration atMost) throws StoreException {
		PutCheck check = this.check;
		put(key, payload, atMost, check, check.digest(payload));
	}

	private PutObjectResponse put(String key, Payload payload, Duration atMost, PutCheck check, byte[] digest)
			throws StoreException {
		PutObjectResponse answer = this.calls.run(StoreCalls.Operation.PUT, () -> this.s3.putObject((request) -> {
			request.bucket(this.bucket)
				.key(this.prefix + key)
				.contentType(CONTENT_TYPE)
				.overrideConfiguration((override) -> override.apiCallTimeout(atMost));
			check.tell(request, digest);
		}, RequestBody.fromContentProvider(payload::stream, payload.length(), CONTENT_TYPE)));
		if (PutCheck.etag(answer).isEmpty()) {
			throw new StoreException(Kind.UNAVAILABLE,
					"the answer to a PUT had no ETag: holdfast.store.endpoint may be a proxy, not an object store",
					null);
		}
		if (!check.isConfirmed(answer, payload, digest)) {
			throw new StoreException(Kind.UNAVAILABLE, "the store confirmed other bytes than were sent", null);
		}
		return answer;
	}

	/// Puts an object, and finds out how PUTs to this store can be checked. The keys of
	/// what else it puts begin with the object's.
	PutCheck probe(String key, Payload payload, Duration atMost) throws StoreException {
		byte[] md5 = PutCheck.MD5.digest(payload);
		PutObjectResponse answer = put(key, payload, atMost, PutCheck.ETAG, md5);
		if (comparesCrc32(key, payload, atMost)) {
			return PutCheck.CRC32;
		}
		return PutCheck.MD5.isConfirmed(answer, payload, md5) ? PutCheck.MD5 : PutCheck.ETAG;
	}

	private boolean comparesCrc32(String key, Payload payload, Duration atMost) {
		byte[] right = PutCheck.CRC32.digest(payload);
		byte[] wrong = PutCheck.CRC32.digest(Payload.of(right));
		try {
			put(key + "-wrong", payload, atMost, PutCheck.CRC32, wrong);
			return false;
		}
		catch (StoreException ex) {
			if (!(ex.getCause() instanceof S3Exception refusal && refusal.statusCode() == BAD_REQUEST)) {
				return false;
			}
		}
		try {
			return put(key + "-crc32", payload, atMost, PutCheck.CRC32, right).checksumCRC32() != null;
		}
		catch (StoreException ex) {
			return false;
		}
	}

	@Override
	public byte[] get(String key) throws StoreException {
		return this.calls.run(StoreCalls.Operation.GET,
				() -> this.s3.getObjectAsBytes((request) -> request.bucket(this.bucket).key(this.prefix + key))
					.asByteArrayUnsafe());
	}

	@Override
	public Listing list(String folder, @Nullable String after) throws StoreException {
		return this.calls.run(StoreCalls.Operation.LIST,
				() -> listing(this.s3.listObjectsV2((request) -> request.bucket(this.bucket)
					.prefix(this.prefix + folder)
					.startAfter((after != null) ? this.prefix + after : null))));
	}

	private Listing listing(ListObjectsV2Response response) {
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
		CopyObjectResponse answer = this.calls.run(StoreCalls.Operation.COPY,
				() -> this.s3.copyObject((request) -> request.sourceBucket(this.bucket)
					.sourceKey(this.prefix + from)
					.destinationBucket(this.bucket)
					.destinationKey(this.prefix + to)));
		CopyObjectResult copied = answer.copyObjectResult();
		if (copied == null || copied.eTag() == null || copied.eTag().isEmpty()) {
			throw new StoreException(Kind.UNAVAILABLE, "the answer to a COPY had no ETag", null);
		}
	}

	@Override
	public Set<String> delete(Collection<String> keys) throws StoreException {
		List<ObjectIdentifier> objects = keys.stream()
			.map((key) -> ObjectIdentifier.builder().key(this.prefix + key).build())
			.toList();
		return this.calls.run(StoreCalls.Operation.DELETE,
				() -> refused(this.s3.deleteObjects((request) -> request.bucket(this.bucket)
					.delete(Delete.builder().objects(objects).quiet(true).build()))));
	}

	private Set<String> refused(DeleteObjectsResponse response) {
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

}
