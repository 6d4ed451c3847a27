package dev.holdfast.buffer;

import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Random;
import java.util.Set;

import dev.holdfast.buffer.StoreException.Kind;
import dev.holdfast.fixture.Mischief;
import dev.holdfast.fixture.ObjectStoreServer;
import dev.holdfast.fixture.StoreProxy;
import dev.holdfast.fixture.StoreProxy.Operation;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

/// The contract once more, behind a proxy that reads each request, and what it may do
/// to one.
class StoreMischiefTests extends ObjectStoreContract {

	private static final Payload PAYLOAD = Payload.of("payload".repeat(500).getBytes(StandardCharsets.US_ASCII));

	private static final Duration LATE = Duration.ofMillis(700);

	private static ObjectStoreServer server;

	private static StoreProxy proxy;

	private static S3Parts parts;

	@BeforeAll
	static void start() {
		server = ObjectStoreServer.inMemory();
		proxy = StoreProxy.to(server);
		parts = new S3Parts(proxy.endpoint(), server, "");
	}

	@AfterAll
	static void stop() {
		parts.close();
		proxy.close();
		server.close();
	}

	@AfterEach
	void clear() {
		proxy.clear();
		proxy.skew(Duration.ZERO);
		server.keys("").forEach(server::delete);
	}

	@Override
	ObjectStore store() {
		return parts.processing;
	}

	@Override
	void fill(List<String> keys) {
		keys.forEach((key) -> server.write(key, new byte[0]));
	}

	@Test
	void tellsAnswersApart() {
		assertThat(refused(new Mischief.Answer(500, "InternalError"))).isEqualTo(Kind.UNAVAILABLE);
		assertThat(refused(new Mischief.Answer(503, "ServiceUnavailable"))).isEqualTo(Kind.UNAVAILABLE);
		assertThat(refused(new Mischief.Answer(507, "InsufficientStorage"))).isEqualTo(Kind.UNAVAILABLE);
		assertThat(refused(new Mischief.Answer(503, "SlowDown"))).isEqualTo(Kind.SLOW_DOWN);
		assertThat(refused(new Mischief.Answer(403, "InvalidAccessKeyId"))).isEqualTo(Kind.REFUSED);
		assertThat(server.keys("")).isEmpty();
	}

	@Test
	void confirmsNothingThatWasCutOffOrNotAnswered() {
		assertThat(refused(new Mischief.ResetMidBody())).isEqualTo(Kind.UNAVAILABLE);
		assertThat(refused(new Mischief.Silence())).isEqualTo(Kind.UNAVAILABLE);
		assertThat(server.keys("")).isEmpty();
	}

	@Test
	void mayHaveStoredWhatItDoesNotConfirm() {
		assertThat(refused(new Mischief.LoseAnswer())).isEqualTo(Kind.UNAVAILABLE);
		assertThat(server.keys("")).containsExactly("inbox/a");
		assertThat(refused(new Mischief.LateAnswer(LATE))).isEqualTo(Kind.UNAVAILABLE);
	}

	private static Kind refused(Mischief mischief) {
		proxy.clear();
		proxy.strike(mischief, 1, Operation.PUT);
		return refused(parts.receiving);
	}

	private static Kind refused(S3ObjectStore store) {
		StoreException[] thrown = new StoreException[1];
		assertThatExceptionOfType(StoreException.class)
			.isThrownBy(() -> store.put("inbox/a", PAYLOAD, Duration.ofMillis(500)))
			.satisfies((ex) -> thrown[0] = ex);
		return thrown[0].kind();
	}

	@Test
	void readsNothingThatEndsEarly() {
		server.write("a", new byte[1000]);
		proxy.strike(new Mischief.Truncate(), 1, Operation.GET, Operation.LIST);
		assertThatExceptionOfType(StoreException.class).isThrownBy(() -> parts.processing.get("a"));
		assertThatExceptionOfType(StoreException.class).isThrownBy(() -> parts.processing.list("", null));
	}

	@Test
	void leavesWhatIsShorterOrAlteredToTheDecoder() throws StoreException {
		byte[] bytes = new byte[1000];
		new Random(1).nextBytes(bytes);
		server.write("a", bytes);
		proxy.strike(new Mischief.Alter(), 1, Operation.GET);
		assertThat(parts.processing.get("a")).hasSize(1000).isNotEqualTo(bytes);
		proxy.clear();
		proxy.strike(new Mischief.Shorten(), 1, Operation.GET);
		assertThat(parts.processing.get("a")).hasSize(500);
	}

	@Test
	void takesNoHalfListing() {
		server.write("inbox/a", new byte[1]);
		proxy.strike(new Mischief.Shorten(), 1, Operation.LIST);
		assertThatExceptionOfType(StoreException.class).isThrownBy(() -> parts.processing.list("inbox/", null));
	}

	@Test
	void listsWhatIsGoneAndMissesWhatIsNewWhereTheStoreDoes() throws StoreException {
		server.write("inbox/a", new byte[1]);
		parts.processing.list("inbox/", null);
		proxy.strike(new Mischief.Stale(), 1, Operation.LIST);
		server.delete("inbox/a");
		server.write("inbox/b", new byte[1]);
		assertThat(parts.processing.list("inbox/", null).objects()).extracting(ObjectStore.Listed::key)
			.containsExactly("inbox/a");
	}

	@Test
	void saysWhichKeysTheStoreRefusedToDelete() throws StoreException {
		fill(List.of("a", "b", "c"));
		proxy.strike(new Mischief.RefuseSomeKeys(), 1, Operation.DELETE);
		assertThat(parts.processing.delete(List.of("a", "b", "c"))).isEqualTo(Set.of("a", "c"));
		assertThat(server.keys("")).containsExactly("a", "c");
	}

	@Test
	void signsByTheStoresClockOnceItWasRefused() throws StoreException {
		server.write("inbox/a", new byte[1]);
		proxy.skew(Duration.ofMinutes(-20));
		Instant listed = parts.processing.list("inbox/", null).date();
		assertThat(Duration.between(listed, Instant.now())).isBetween(Duration.ofMinutes(19), Duration.ofMinutes(21));
		assertThat(refused(parts.receiving)).isEqualTo(Kind.REFUSED);
		parts.receiving.put("inbox/b", PAYLOAD, Duration.ofSeconds(1));
	}

}
