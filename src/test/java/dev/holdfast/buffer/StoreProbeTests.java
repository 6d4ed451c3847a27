package dev.holdfast.buffer;

import java.io.IOException;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.Base64;
import java.util.HexFormat;
import java.util.Map;
import java.util.Random;
import java.util.function.Function;

import dev.holdfast.buffer.OddStore.Response;
import dev.holdfast.telemetry.Condition;
import dev.holdfast.telemetry.Conditions;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

/// What the probe makes of a store's ways.
class StoreProbeTests {

	private static final String CRC32 = "x-amz-checksum-crc32";

	private OddStore odd;

	private S3Parts parts;

	private Conditions conditions;

	private StoreProbe probe;

	private Function<OddStore.Request, Response> puts = (_) -> new Response(200, Map.of("ETag", "x"), "");

	private int gets = 200;

	private String stored = "holdfast probe\n";

	private String listed = "<ListBucketResult/>";

	private @Nullable String versioning = "<VersioningConfiguration/>";

	@BeforeEach
	void start() throws IOException {
		this.odd = new OddStore();
		this.odd.answer((request) -> switch (request.method()) {
			case "PUT" -> this.puts.apply(request);
			case "POST" -> new Response(200, Map.of(), "<DeleteResult/>");
			default -> read(request);
		});
		this.parts = new S3Parts(this.odd.endpoint(), null, "p/");
		this.conditions = new Conditions(this.parts.meters);
		this.probe = new StoreProbe(this.parts.receiving, this.parts.processing,
				new StoreClock(this.parts.scheduler, this.conditions), this.conditions, new Random(1));
	}

	@AfterEach
	void stop() {
		this.parts.close();
		this.odd.close();
	}

	@Test
	void hasBothClientsSendTheCrc32ToAStoreThatComparesIt() throws Exception {
		this.puts = Way.COMPARES::answer;
		this.probe.run();
		assertThat(digestOf(this.parts.receiving)).isEqualTo(CRC32);
		assertThat(digestOf(this.parts.processing)).isEqualTo(CRC32);
	}

	@ParameterizedTest
	@EnumSource(mode = EnumSource.Mode.EXCLUDE, names = "COMPARES")
	void staysWithTheMd5WhereTheCrc32IsNotSeenToBeCompared(Way way) throws Exception {
		this.puts = way::answer;
		this.probe.run();
		assertThat(digestOf(this.parts.receiving)).isEqualTo("Content-MD5");
		this.puts = (_) -> new Response(200, Map.of("ETag", "another"), "");
		assertThatExceptionOfType(StoreException.class).as("the ETag was seen to be the MD5")
			.isThrownBy(() -> digestOf(this.parts.receiving));
	}

	@Test
	void takesAnyEtagWhereItIsNotTheMd5() throws Exception {
		this.probe.run();
		assertThat(digestOf(this.parts.receiving)).isEqualTo("Content-MD5");
	}

	/// Else whatever answers in the store's place would be believed after the breaker's
	/// probe.
	@Test
	void believesWhatItSawForGood() throws Exception {
		this.puts = Way.COMPARES::answer;
		this.probe.run();
		this.puts = (_) -> new Response(200, Map.of("ETag", "x"), "");
		assertThatExceptionOfType(StoreException.class).isThrownBy(this.probe::run);
		assertThatExceptionOfType(StoreException.class).isThrownBy(() -> digestOf(this.parts.receiving));
		this.puts = Way.COMPARES::answer;
		this.probe.run();
		assertThat(digestOf(this.parts.receiving)).isEqualTo(CRC32);
	}

	@Test
	void failsWhereOtherBytesComeBack() {
		this.stored = "other bytes";
		assertThatExceptionOfType(StoreException.class).isThrownBy(this.probe::run)
			.withMessage("the store gave back other bytes than it was given");
	}

	@Test
	void failsWhereTheStoreMayNotBeRead() {
		this.gets = 403;
		assertThatExceptionOfType(StoreException.class).isThrownBy(this.probe::run)
			.satisfies((ex) -> assertThat(ex.kind()).isEqualTo(StoreException.Kind.REFUSED));
	}

	@Test
	void saysThatTheBucketKeepsVersions() throws Exception {
		this.probe.tidy();
		assertThat(this.conditions.holding()).isEmpty();
		for (String status : new String[] { "Enabled", "Suspended" }) {
			stopAndStart();
			this.versioning = "<VersioningConfiguration><Status>" + status + "</Status></VersioningConfiguration>";
			this.probe.tidy();
			assertThat(this.conditions.holding()).as(status).containsOnlyKeys(Condition.BUCKET_VERSIONED);
		}
		stopAndStart();
		this.versioning = null;
		this.probe.tidy();
		assertThat(this.conditions.holding()).as("a store that does not answer this").isEmpty();
	}

	@Test
	void sweepsOldProbesAndNoneThatAnotherMayBeLookingAt() {
		Instant now = Instant.now();
		this.listed = "<ListBucketResult>" + listed("p/probe/old", now.minusSeconds(90))
				+ listed("p/probe/young", now.minusSeconds(30)) + "</ListBucketResult>";
		this.probe.tidy();
		assertThat(this.odd.requests().getLast().body()).asString()
			.contains("<Key>p/probe/old</Key>")
			.doesNotContain("young");
	}

	/// Receiving does not depend on it.
	@Test
	void needsNoList() throws Exception {
		this.puts = Way.COMPARES::answer;
		this.listed = "<ListBucketResult>no";
		this.probe.run();
		this.probe.tidy();
		assertThat(digestOf(this.parts.receiving)).isEqualTo(CRC32);
	}

	private void stopAndStart() throws IOException {
		stop();
		start();
	}

	private Response read(OddStore.Request request) {
		String query = String.valueOf(request.uri().getQuery());
		if (query.startsWith("versioning")) {
			return (this.versioning != null) ? new Response(200, Map.of(), this.versioning)
					: new Response(501, Map.of(), "");
		}
		return query.contains("list-type") ? new Response(200, Map.of(), this.listed)
				: new Response(this.gets, Map.of(), this.stored);
	}

	/// Puts, and says which digest was sent.
	private String digestOf(S3ObjectStore store) throws StoreException {
		store.put("inbox/a", Payload.of(new byte[] { 1 }), Duration.ofSeconds(5));
		OddStore.Request put = this.odd.requests().getLast();
		return put.headers().containsKey(CRC32) ? CRC32
				: put.headers().containsKey("Content-MD5") ? "Content-MD5" : "none";
	}

	private static String listed(String key, Instant modified) {
		return "<Contents><Key>" + key + "</Key><Size>1</Size><LastModified>" + modified.truncatedTo(ChronoUnit.MILLIS)
				+ "</LastModified></Contents>";
	}

	/// What stores do with a PUT that has a CRC32; to one without they answer its MD5.
	enum Way {

		/// As S3 does.
		COMPARES, REPEATS, IGNORES, REFUSES, LACKS, IS_ASKED_TOO_MUCH,

		/// The wrong one meets an outage, the right one is repeated.
		FAILS_ONCE,

		/// The wrong one is refused for another reason, the right one is repeated.
		IS_NOT_ALLOWED_ONCE,

		/// The wrong one is refused, the right one ignored.
		IGNORES_LATER;

		Response answer(OddStore.Request put) {
			Payload payload = Payload.of(put.body());
			String given = put.headers().getFirst(CRC32);
			Response md5 = new Response(200, Map.of("ETag", HexFormat.of().formatHex(PutCheck.MD5.digest(payload))),
					"");
			if (given == null) {
				return md5;
			}
			Response repeated = new Response(200, Map.of("ETag", "x", CRC32, given), "");
			boolean right = given.equals(Base64.getEncoder().encodeToString(PutCheck.CRC32.digest(payload)));
			return switch (this) {
				case COMPARES -> right ? repeated : error(400, "BadDigest");
				case REPEATS -> repeated;
				case IGNORES -> new Response(200, Map.of("ETag", "x"), "");
				case REFUSES -> error(400, "InvalidRequest");
				case LACKS -> error(501, "NotImplemented");
				case IS_ASKED_TOO_MUCH -> error(503, "SlowDown");
				case FAILS_ONCE -> right ? repeated : error(500, "InternalError");
				case IS_NOT_ALLOWED_ONCE -> right ? repeated : error(403, "RequestTimeTooSkewed");
				case IGNORES_LATER -> right ? md5 : error(400, "BadDigest");
			};
		}

		private static Response error(int status, String code) {
			return new Response(status, Map.of(), "<Error><Code>" + code + "</Code></Error>");
		}

	}

}
