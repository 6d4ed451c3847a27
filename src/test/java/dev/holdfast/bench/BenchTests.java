package dev.holdfast.bench;

import java.net.InetSocketAddress;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Duration;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;

import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

/// The instruments measure what they say. The stub store stands in for the service: it
/// answers a POST with 200, after its delay and within its cap.
class BenchTests {

	private static final Payloads PAYLOADS = new Payloads();

	private final Journal journal = new Journal();

	@Test
	void sendsPayloadsOfShopifysSizesWithTrueSignatures() throws Exception {
		List<Payloads.Payload> payloads = IntStream.range(0, 5000).mapToObj(PAYLOADS::of).toList();
		List<Integer> sizes = payloads.stream().map((payload) -> payload.body().length).sorted().toList();
		assertThat(sizes.getFirst()).isBetween(900, 2 << 10);
		assertThat(sizes.get(2500)).isBetween(7 << 10, 9 << 10);
		assertThat(sizes.getLast()).isBetween(50 << 10, 60 << 10);
		assertThat(payloads.stream().map(Payloads.Payload::topic).distinct()).hasSizeGreaterThan(5);
		assertThat(payloads.stream().map(Payloads.Payload::shop).distinct()).hasSize(40);
		Mac mac = Mac.getInstance("HmacSHA256");
		mac.init(new SecretKeySpec(Payloads.SECRET.getBytes(StandardCharsets.US_ASCII), "HmacSHA256"));
		Payloads.Payload payload = payloads.get(7);
		assertThat(payload.signature()).isEqualTo(Base64.getEncoder().encodeToString(mac.doFinal(payload.body())));
		assertThat(new Payloads().of(7).body()).isEqualTo(payload.body());
		ByteBuffer head = ByteBuffer.allocate(Payloads.LONGEST_HEAD);
		payload.head(1234, head);
		assertThat(new String(head.array(), 0, head.limit(), StandardCharsets.US_ASCII))
			.contains("X-Shopify-Webhook-Id: " + Payloads.id(Payloads.WEBHOOK_ID, 1234) + "\r\n")
			.contains("X-Shopify-Event-Id: " + Payloads.id(Payloads.EVENT_ID, 1234) + "\r\n");
		assertThat(Payloads.number(Payloads.id(Payloads.WEBHOOK_ID, 1234))).isEqualTo(1234);
	}

	@Test
	void repeatsATenthAndKeepsCount() {
		IntStream.range(0, 10_000).forEach((_) -> this.journal.next());
		assertThat(this.journal.sent()).isBetween(8_800, 9_200);
		assertThat(this.journal.stored(100_000)).isBetween(8_800, 9_200);
		assertThat(this.journal.acknowledged()).isEqualTo(100_000);
	}

	@Test
	void measuresTheDelayThatThereIs() {
		try (StubStore target = StubStore.start(StubStore.Settings.delayed(Duration.ofMillis(30)))) {
			Tally tally = run(target, Load.closed(8, Duration.ofSeconds(1)));
			assertThat(tally.others).isEmpty();
			assertThat(tally.soFar).isBetween(60, 280);
			assertThat(tally.accepted.count()).as("all but those of the first tenth").isBetween(50, tally.soFar - 1);
			assertThat((double) tally.accepted.summary("").get("p50")).isBetween(29.0, 60.0);
			assertThat(this.journal.acknowledged()).isEqualTo(this.journal.sent());
		}
	}

	/// One connection can do 50 a second; what was due and could not be sent counts.
	@Test
	void countsFromTheMomentARequestWasDue() {
		try (StubStore target = StubStore.start(StubStore.Settings.delayed(Duration.ofMillis(20)))) {
			Tally tally = run(target, Load.open(200, 1, Duration.ofMillis(800)));
			assertThat((double) tally.accepted.summary("").get("p50")).isGreaterThan(150);
			assertThat((double) tally.served.summary("").get("p50")).isBetween(19.0, 60.0);
		}
	}

	@Test
	void countsWhatTheStoreRefusesOverItsCap() {
		try (StubStore target = StubStore.start(StubStore.Settings.immediate().cap(100))) {
			Tally tally = run(target, Load.closed(2, Duration.ofMillis(500)));
			assertThat(tally.soFar).isBetween(40, 120);
			assertThat(tally.others).containsOnlyKeys("503");
			assertThat(target.counts().read().slowDowns()).isEqualTo(tally.withoutAcceptance());
		}
	}

	private Tally run(StubStore target, Load load) {
		Generator generator = new Generator(load, PAYLOADS, this.journal,
				List.of(new InetSocketAddress("127.0.0.1", target.endpoint().getPort())));
		generator.run();
		return generator.tally();
	}

	@Test
	void noticesEffectsThatAreMissingOrRepeated(@TempDir Path directory) throws Exception {
		Path file = directory.resolve("effects");
		this.journal.stored(3);
		try (Effects effects = new Effects(file)) {
			for (int number : new int[] { 0, 2, 0 }) {
				Files.write(file, ByteBuffer.allocate(EffectHandler.LENGTH).putInt(number).putLong(number + 1).array(),
						StandardOpenOption.APPEND);
			}
			assertThat(effects.poll()).isEqualTo(2);
			assertThat(effects.missing(this.journal)).isEqualTo(1);
			assertThat(effects.repeats()).isEqualTo(1);
			assertThat(effects.at(2)).isEqualTo(3);
		}
		Report report = new Report();
		report.add(Scenario.SATURATION, Map.of(Figures.MISSING, 0, Figures.REPEATED, 0));
		report.add(Scenario.BACKLOG, Map.of(Figures.MISSING, 1, Figures.REPEATED, 0));
		report.add(Scenario.OVERLOAD, Map.of(Figures.MISSING, 0, Figures.REPEATED, 1));
		assertThat(report.broken()).containsExactly("backlog", "overload");
	}

	@Test
	void understandsItsOptions() {
		Options options = Options.parse("rate1000", "--seconds", "2", "--jvm", "-Xint", "--set", "a=b");
		assertThat(options.scenarios()).containsExactly(Scenario.RATE1000);
		assertThat(options.seconds()).hasSeconds(2);
		assertThat(options.jvm()).containsExactly("-Xint");
		assertThat(options.properties()).containsEntry("a", "b");
		assertThat(Options.parse().scenarios()).containsExactly(Scenario.values());
		for (String wrong : List.of("--secnds", "fast", "--reps")) {
			assertThatIllegalArgumentException().isThrownBy(() -> Options.parse(wrong)).withMessageContaining(wrong);
		}
		assertThat(Options.usage()).contains("idle-latency", "--warmup N");
	}

}
