package dev.holdfast.buffer;

import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import java.util.random.RandomGenerator;

import dev.holdfast.telemetry.Condition;
import dev.holdfast.telemetry.Conditions;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Finds out how the store behaves: once when the application starts, then whenever the
/// breaker asks whether it takes writes again. Each probe has a key of its own, because
/// some stores limit the writes to one.
final class StoreProbe implements StoreBreaker.Probe {

	private static final Logger logger = LoggerFactory.getLogger(StoreProbe.class);

	private static final String FOLDER = "probe/";

	private static final Payload PAYLOAD = Payload.of("holdfast probe\n".getBytes(StandardCharsets.US_ASCII));

	private static final Duration AT_MOST = Duration.ofSeconds(2);

	/// In a JVM that has just started a first PUT may take seconds.
	private static final Duration FIRST_AT_MOST = Duration.ofSeconds(5);

	/// Long after a replica is done with its probe.
	private static final Duration OLD = Duration.ofMinutes(1);

	private final S3ObjectStore store;

	private final S3ObjectStore reader;

	private final StoreClock clock;

	private final Conditions conditions;

	private final RandomGenerator random;

	private volatile String key;

	private boolean known;

	StoreProbe(S3ObjectStore store, S3ObjectStore reader, StoreClock clock, Conditions conditions,
			RandomGenerator random) {
		this.store = store;
		this.reader = reader;
		this.clock = clock;
		this.conditions = conditions;
		this.random = random;
		this.key = newKey();
	}

	/// A PUT; the first that succeeds is followed by a look at the store's ways. They are
	/// believed for good: a later answer that contradicts them is a fault.
	@Override
	public synchronized void run() throws StoreException {
		this.key = newKey();
		if (this.known) {
			this.store.put(this.key, PAYLOAD, AT_MOST);
		}
		else {
			look();
			this.known = true;
		}
	}

	private String newKey() {
		return FOLDER + HexFormat.of().toHexDigits(this.random.nextLong());
	}

	private void look() throws StoreException {
		PutCheck check = this.store.probe(this.key, PAYLOAD, FIRST_AT_MOST);
		if (!Arrays.equals(this.reader.get(this.key), PAYLOAD.toBytes())) {
			throw new StoreException(StoreException.Kind.UNAVAILABLE,
					"the store gave back other bytes than it was given", null);
		}
		this.store.checkBy(check);
		this.reader.checkBy(check);
		logger.atInfo().addKeyValue("putsCheckedBy", check).log("the object store answers");
	}

	/// Receiving needs neither LIST nor DELETE, so it does not wait for this.
	@Override
	public void tidy() {
		if (isVersioned()) {
			this.conditions.raise(Condition.BUCKET_VERSIONED,
					"The bucket keeps deleted versions, so payloads stay in it: add a lifecycle rule with "
							+ "NoncurrentVersionExpiration of 1 day and ExpiredObjectDeleteMarker, or suspend versioning");
		}
		sweep(this.key);
	}

	/// Not every store answers this; one that does not is taken to keep no versions.
	private boolean isVersioned() {
		try {
			return this.reader.isVersioned();
		}
		catch (StoreException ex) {
			logger.debug("the store does not say whether the bucket is versioned: {}", ex.getMessage());
			return false;
		}
	}

	/// PUTs that landed late leave old probes behind; at a young one another replica may
	/// be about to look. What cannot be swept now is swept the next time.
	private void sweep(String own) {
		try {
			ObjectStore.Listing listing = this.reader.list(FOLDER, null);
			this.clock.observe(listing.date());
			Instant old = listing.date().minus(OLD);
			List<String> keys = listing.objects()
				.stream()
				.filter((object) -> object.key().startsWith(own) || object.lastModified().isBefore(old))
				.map(ObjectStore.Listed::key)
				.toList();
			if (!keys.isEmpty()) {
				this.reader.delete(keys);
			}
		}
		catch (StoreException ex) {
			logger.debug("probes could not be deleted yet: {}", ex.getMessage());
		}
	}

}
