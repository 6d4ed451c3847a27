package dev.holdfast.buffer;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.time.Duration;
import java.util.Base64;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;

import dev.holdfast.buffer.OddStore.Response;
import dev.holdfast.buffer.StoreException.Kind;
import dev.holdfast.telemetry.Meters;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

/// Answers that a well-behaved store does not give, and what is sent to all of them.
class OddAnswersTests {

	private static final Payload PAYLOAD = new Payload(
			List.of("two ".getBytes(StandardCharsets.US_ASCII), "parts".getBytes(StandardCharsets.US_ASCII)));

	private static final String CRC32 = "x-amz-checksum-crc32";

	private OddStore odd;

	private S3Parts parts;

	@BeforeEach
	void start() throws IOException {
		this.odd = new OddStore();
		this.parts = new S3Parts(this.odd.endpoint(), null, "p/");
	}

	@AfterEach
	void stop() {
		this.parts.close();
		this.odd.close();
	}

	@Test
	void sendsABodyThatEveryStoreTakesAndVerifies() throws Exception {
		etag(md5());
		put();
		OddStore.Request put = this.odd.requests().getFirst();
		assertThat(put.method() + " " + put.uri()).isEqualTo("PUT /holdfast/p/inbox/a");
		assertThat(put.body()).asString().isEqualTo("two parts");
		assertThat(put.headers().getFirst("Content-MD5"))
			.isEqualTo(Base64.getEncoder().encodeToString(HexFormat.of().parseHex(md5())));
		assertThat(put.headers().getFirst("Content-Length")).isEqualTo("9");
		assertThat(put.headers().getFirst("Content-Type")).isEqualTo("application/http");
		assertThat(put.headers().keySet()).noneMatch((name) -> name.toLowerCase(java.util.Locale.ROOT)
			.matches("transfer-encoding|content-encoding|x-amz-(trailer|checksum.*|sdk-checksum.*|decoded.*)"));
		assertThat(put.headers().get("x-amz-content-sha256")).containsExactly("UNSIGNED-PAYLOAD");
		assertThat(put.headers().getFirst("Authorization")).contains("SignedHeaders=", ";content-md5;", ";host;");
	}

	/// A store that does not know the question would be waited for, for 3 s.
	@ParameterizedTest
	@ValueSource(ints = { 1, 3 << 20 })
	void neverAsksWhetherItMaySend(int length) throws Exception {
		Payload payload = Payload.of(new byte[length]);
		etag(HexFormat.of().formatHex(PutCheck.MD5.digest(payload)));
		this.parts.receiving.put("inbox/a", payload, Duration.ofSeconds(5));
		assertThat(this.odd.requests().getFirst().headers()).doesNotContainKey("Expect");
	}

	@Test
	void sendsTheMd5OfADelete() throws Exception {
		this.odd.answer(200, "<DeleteResult/>");
		this.parts.processing.delete(List.of("inbox/a"));
		OddStore.Request delete = this.odd.requests().getFirst();
		assertThat(delete.headers().getFirst("Content-MD5"))
			.isEqualTo(Base64.getEncoder().encodeToString(MessageDigest.getInstance("MD5").digest(delete.body())));
		assertThat(delete.body()).asString().contains("<Key>p/inbox/a</Key>").contains("<Quiet>true</Quiet>");
	}

	@Test
	void saysWhichKeysWereNotDeleted() throws Exception {
		this.odd.answer(200,
				"<DeleteResult><Error><Key>p/inbox/b</Key><Code>InternalError</Code></Error></DeleteResult>");
		assertThat(this.parts.processing.delete(List.of("inbox/a", "inbox/b"))).containsExactly("inbox/b");
	}

	@Test
	void takesAnAnswerWithoutEtagAsNoConfirmation() {
		assertThat(kindOfPut()).isEqualTo(Kind.UNAVAILABLE);
		etag("");
		assertThat(kindOfPut()).isEqualTo(Kind.UNAVAILABLE);
		this.odd.answer(200, "<html>Please log in</html>");
		assertThat(kindOfPut()).isEqualTo(Kind.UNAVAILABLE);
	}

	/// The original is deleted after it.
	@ParameterizedTest
	@ValueSource(strings = { "", "<html>Please log in</html>", "<CopyObjectResult/>",
			"<CopyObjectResult><ETag></ETag></CopyObjectResult>" })
	void takesACopyWithoutEtagAsNoConfirmation(String body) throws Exception {
		this.odd.answer(200, body);
		assertThatExceptionOfType(StoreException.class)
			.isThrownBy(() -> this.parts.processing.copy("inbox/a", "dead-letter/a"))
			.satisfies((ex) -> assertThat(ex.kind()).isEqualTo(Kind.UNAVAILABLE));
		this.odd.answer(200, "<CopyObjectResult><ETag>x</ETag></CopyObjectResult>");
		this.parts.processing.copy("inbox/a", "dead-letter/a");
	}

	@ParameterizedTest
	@ValueSource(ints = { 200, 400, 500 })
	void takesAnAnswerThatEndsBehindItsHeadAsAFailure(int status) {
		this.odd.answer((_) -> new Response(status, Map.of("ETag", "x"), "<ListBucketResult/>", true));
		assertUnavailable(() -> this.parts.processing.list("inbox/", null));
		assertUnavailable(() -> this.parts.processing.delete(List.of("inbox/a")));
		assertUnavailable(() -> this.parts.processing.copy("inbox/a", "dead-letter/a"));
		assertUnavailable(() -> this.parts.processing.get("inbox/a"));
	}

	@ParameterizedTest
	@ValueSource(strings = { "<Error><Code>InternalError</Code></Error>", "<Error><Key>a</Key></Error>" })
	void takesADeleteThatNamesNoKeyOfOursAsAFailure(String error) {
		this.odd.answer(200, "<DeleteResult>" + error + "</DeleteResult>");
		assertUnavailable(() -> this.parts.processing.delete(List.of("inbox/a")));
	}

	@Test
	void takesAListThatLacksWhatItMustHaveAsAFailure() {
		this.odd.answer(200, "<ListBucketResult><Contents><Key>p/inbox/a</Key></Contents></ListBucketResult>");
		assertUnavailable(() -> this.parts.processing.list("inbox/", null));
	}

	private static void assertUnavailable(ThrowingCallable call) {
		assertThatExceptionOfType(StoreException.class).isThrownBy(call)
			.satisfies((ex) -> assertThat(ex.kind()).isEqualTo(Kind.UNAVAILABLE));
	}

	@Test
	void takesAnyEtagUnlessTheStoreWasSeenToUseTheMd5() throws Exception {
		etag("opaque");
		put();
		this.parts.receiving.checkBy(PutCheck.MD5);
		assertThat(kindOfPut()).isEqualTo(Kind.UNAVAILABLE);
		etag(md5());
		put();
	}

	@Test
	void sendsTheCrc32AloneToAStoreThatComparesIt() throws Exception {
		this.parts.receiving.checkBy(PutCheck.CRC32);
		this.odd.answer((_) -> new Response(200, Map.of("ETag", "x", CRC32, "OON3Jw=="), ""));
		put();
		OddStore.Request put = this.odd.requests().getFirst();
		assertThat(put.headers().getFirst(CRC32)).as("of \"two parts\"").isEqualTo("OON3Jw==");
		assertThat(put.headers()).doesNotContainKey("Content-MD5");
		assertThat(put.headers().get("x-amz-content-sha256")).containsExactly("UNSIGNED-PAYLOAD");
		assertThat(put.headers().getFirst("Authorization")).contains(";x-amz-checksum-crc32;");
		assertThat(put.body()).asString().isEqualTo("two parts");
	}

	@Test
	void takesNoAnswerThatContradictsTheCrc32() throws Exception {
		this.parts.receiving.checkBy(PutCheck.CRC32);
		this.odd.answer((_) -> new Response(200, Map.of("ETag", md5(), CRC32, "AAAAAA=="), ""));
		assertThat(kindOfPut()).isEqualTo(Kind.UNAVAILABLE);
		etag("opaque");
		assertThat(kindOfPut()).isEqualTo(Kind.UNAVAILABLE);
	}

	/// As while the nodes of a store are replaced one by one.
	@Test
	void takesTheMd5OfANodeThatDoesNotKnowTheCrc32() throws Exception {
		this.parts.receiving.checkBy(PutCheck.CRC32);
		etag(md5());
		put();
	}

	@ParameterizedTest
	@CsvSource({ "503, SlowDown, SLOW_DOWN", "429, '', SLOW_DOWN", "429, TooManyRequests, SLOW_DOWN",
			"400, RequestLimitExceeded, SLOW_DOWN", "503, ServiceUnavailable, UNAVAILABLE", "503, '', UNAVAILABLE",
			"500, InternalError, UNAVAILABLE", "502, '', UNAVAILABLE", "403, AccessDenied, REFUSED",
			"403, RequestTimeTooSkewed, REFUSED", "400, InvalidDigest, REFUSED", "404, NoSuchKey, NOT_FOUND",
			"404, NoSuchBucket, REFUSED" })
	void knowsWhatAnErrorMeans(int status, String code, Kind kind) {
		this.odd.error(status, code);
		assertThat(kindOfPut()).isEqualTo(kind);
		assertThat(this.odd.requests()).as("receiving repeats by itself").hasSize(1);
		assertThat(this.parts.pressure.remaining().isPositive()).isEqualTo(kind == Kind.SLOW_DOWN);
		assertThat(this.parts.meters
			.timer(Meters.STORE_REQUESTS.id(), "operation", "put", "outcome",
					kind.name().toLowerCase(java.util.Locale.ROOT).replace('_', '-'))
			.count()).isEqualTo(1);
	}

	@Test
	void triesAgainWhatProcessingAsks() throws Exception {
		this.odd.answer((_) -> (this.odd.requests().size() < 3) ? new Response(500, Map.of(), "")
				: new Response(200, Map.of(), "bytes"));
		assertThat(this.parts.processing.get("inbox/a")).asString().isEqualTo("bytes");
		assertThat(this.odd.requests()).hasSize(3);
	}

	@Test
	void followsNoRedirection() {
		this.odd.answer((_) -> new Response(307, Map.of("Location", "http://127.0.0.1:1/"), ""));
		assertThat(kindOfPut()).isEqualTo(Kind.REFUSED);
	}

	private void etag(String etag) {
		this.odd.answer((_) -> new Response(200, Map.of("ETag", "\"" + etag + "\""), ""));
	}

	private void put() throws StoreException {
		this.parts.receiving.put("inbox/a", PAYLOAD, Duration.ofSeconds(5));
	}

	private Kind kindOfPut() {
		Kind[] kind = new Kind[1];
		assertThatExceptionOfType(StoreException.class).isThrownBy(this::put).satisfies((ex) -> kind[0] = ex.kind());
		return kind[0];
	}

	private static String md5() {
		return HexFormat.of().formatHex(PutCheck.MD5.digest(PAYLOAD));
	}

}
