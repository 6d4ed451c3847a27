package dev.holdfast.docs;

import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.time.Duration;
import java.time.Instant;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;

import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;

import dev.holdfast.buffer.NoStore;
import dev.holdfast.buffer.Payload;
import dev.holdfast.buffer.SegmentKey;
import dev.holdfast.buffer.SegmentWriter;
import dev.holdfast.delivery.Copy;
import dev.holdfast.delivery.Delivery;
import dev.holdfast.delivery.Envelope;
import dev.holdfast.delivery.Headers;
import dev.holdfast.fixture.ObjectStoreServer;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assumptions.assumeThat;

/// The README's commands for looking into the bucket do what it says.
class BucketCommandsTests {

	private static final String SECRET = "a secret of this test";

	private static final Instant TIME = Instant.parse("2026-11-20T06:05:48.945Z");

	private final Markdown readme = Markdown.of("README.md");

	@TempDir
	Path directory;

	private ObjectStoreServer server;

	private SegmentWriter writer;

	/// Older ones do not sign the header that says what is signed of a body.
	@BeforeAll
	static void needsCurl() throws IOException {
		Process curl = new ProcessBuilder("curl", "--version").start();
		String version = new String(curl.getInputStream().readAllBytes(), UTF_8);
		assumeThat(version).matches("(?s)curl (7\\.(8[89]|9\\d)|([89]|\\d\\d)\\.).*");
	}

	@BeforeEach
	void start() {
		this.server = ObjectStoreServer.inMemory();
		this.writer = new SegmentWriter(new Bucket(this.server), new Random(1));
	}

	@AfterEach
	void stop() {
		this.server.close();
	}

	@Test
	void listWhatWaits() throws Exception {
		SegmentKey late = this.writer.write(SegmentKey.INBOX, TIME.plusSeconds(1), List.of(copy("1", SECRET)));
		SegmentKey early = this.writer.write(SegmentKey.INBOX, TIME, List.of(copy("2", SECRET), copy("3", SECRET)));
		this.writer.write(SegmentKey.RETRY, TIME, List.of(copy("4", SECRET)));
		this.server.write("holdfast.name", "holdfast\n".getBytes(UTF_8));

		assertThat(run("list", "", "").lines()).containsExactly(
				"2026-11-20 06:05:48 UTC  2 deliveries  " + early.bytes() + " bytes  " + early,
				"2026-11-20 06:05:49 UTC  1 deliveries  " + late.bytes() + " bytes  " + late);
	}

	@Test
	void readASegment() throws Exception {
		SegmentKey key = this.writer.write(SegmentKey.INBOX, TIME, List.of(copy("{\"note\":\"ü\"}", SECRET)));

		assertThat(run("read", key.objectKey(), "")).isEqualTo(new String(this.server.read(key.objectKey()), UTF_8))
			.startsWith("POST /webhook HTTP/1.1\r\n")
			.endsWith("\r\n\r\n{\"note\":\"ü\"}");
	}

	@Test
	void verifyASignatureAgain() throws Exception {
		Copy genuine = copy("{\"a\":\r\n\r\n\"\\u00fc ü\"}\n", SECRET);
		SegmentKey good = this.writer.write(SegmentKey.INBOX, TIME, List.of(genuine, copy("next", SECRET)));
		SegmentKey forged = this.writer.write(SegmentKey.INBOX, TIME, List.of(copy("{}", "another secret, not this")));

		assertThat(run("verify", good.objectKey(), "")).isEqualTo("genuine\n");
		assertThat(run("verify", forged.objectKey(), "")).isEqualTo("not genuine\n");
	}

	@Test
	void sendASegmentAgain() throws Exception {
		SegmentKey key = this.writer.write(SegmentKey.INBOX, TIME, List.of(copy("1", SECRET), copy("2", SECRET)));
		byte[] stored = this.server.read(key.objectKey());
		try (ServerSocket listener = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
			CompletableFuture<byte[]> received = CompletableFuture.supplyAsync(() -> receive(listener, stored.length));

			run("replay", key.objectKey(), "127.0.0.1:" + listener.getLocalPort());

			assertThat(received.get(10, TimeUnit.SECONDS)).isEqualTo(stored);
		}
	}

	private static byte[] receive(ServerSocket listener, int length) {
		try (Socket socket = listener.accept()) {
			return socket.getInputStream().readNBytes(length);
		}
		catch (IOException ex) {
			throw new java.io.UncheckedIOException(ex);
		}
	}

	private String run(String name, String key, String to) throws Exception {
		String fetch = name.equals("replay") ? "s3 \"/$KEY\" > segment.http\n" : "";
		String script = block("setup") + "less() { cat; }\n" + fetch + block(name);
		ProcessBuilder builder = new ProcessBuilder("bash", "-c", script).directory(this.directory.toFile())
			.redirectErrorStream(true);
		builder.environment()
			.putAll(Map.of("BUCKET_URL", this.server.endpoint() + "/" + ObjectStoreServer.BUCKET, "AWS_ACCESS_KEY_ID",
					this.server.accessKey(), "AWS_SECRET_ACCESS_KEY", this.server.secretKey(), "KEY", key,
					"SHOPIFY_WEBHOOK_SECRET", SECRET, "TO", to));
		builder.environment().remove("AWS_REGION");
		Process process = builder.start();
		process.getOutputStream().close();
		String output = new String(process.getInputStream().readAllBytes(), UTF_8);
		assertThat(process.waitFor(20, TimeUnit.SECONDS)).isTrue();
		return output;
	}

	private String block(String name) {
		return this.readme.blocks("bash bucket=" + name).getFirst();
	}

	private static Copy copy(String body, String secret) throws GeneralSecurityException {
		Mac mac = Mac.getInstance("HmacSHA256");
		mac.init(new SecretKeySpec(secret.getBytes(UTF_8), "HmacSHA256"));
		String signature = Base64.getEncoder().encodeToString(mac.doFinal(body.getBytes(UTF_8)));
		Headers headers = Headers.of("X-Shopify-Topic", "orders/create", "X-Shopify-Hmac-Sha256", signature);
		return new Copy(Delivery.of(headers, body.getBytes(UTF_8)), Envelope.received(TIME, "current"));
	}

	/// Only written to.
	private static final class Bucket extends NoStore {

		private final ObjectStoreServer server;

		Bucket(ObjectStoreServer server) {
			this.server = server;
		}

		@Override
		public void put(String key, Payload payload, Duration atMost) {
			this.server.write(key, payload.toBytes());
		}

	}

}
