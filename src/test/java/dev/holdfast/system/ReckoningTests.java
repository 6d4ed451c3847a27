package dev.holdfast.system;

import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.Random;
import java.util.Set;

import dev.holdfast.system.Incident.Excuse;
import dev.holdfast.system.WebhookClient.Answer;
import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;

/// The oracle, against histories in which it must find something.
class ReckoningTests {

	private final List<Sample> samples = Sample.random(3, new Random(1));

	private final List<Answer> accepted = this.samples.stream()
		.map((sample) -> new Answer(1, sample, 200, 0, Duration.ZERO))
		.toList();

	@Test
	void findsWhatIsLost() {
		Reckoning reckoning = reckon(this.accepted, List.of(handled(0, 1), handled(2, 1)), List.of(), List.of());
		assertThat(reckoning.lost()).containsExactly(this.samples.get(1).id());
	}

	@Test
	void takesADeadLetterForKeptOnlyIfItIsWhole() {
		byte[] segment = segment(this.samples.get(0), this.samples.get(1));
		List<Handled> effects = List.of(handled(2, 1));
		assertThat(reckon(this.accepted, effects, List.of(segment), List.of()).lost()).isEmpty();
		segment[segment.length - 1] ^= 1;
		assertThat(reckon(this.accepted, effects, List.of(segment), List.of()).lost())
			.containsExactly(this.samples.get(1).id());
	}

	@Test
	void findsWhatWasNeverSentOrNotSo() {
		Handled foreign = new Handled("foreign", "00", "key", 1, "a.1", 1);
		Handled altered = new Handled(this.samples.get(0).id(), "00", "key-0", 1, "a.1", 1);
		assertThat(reckon(this.accepted, List.of(foreign, altered), List.of(), List.of()).unexpected())
			.containsExactlyInAnyOrder("foreign", this.samples.get(0).id());
	}

	@Test
	void countsWhatIsHandledAlthoughItWasRefused() {
		List<Answer> refused = List.of(new Answer(1, this.samples.get(0), 503, 0, Duration.ZERO));
		Reckoning reckoning = reckon(refused, List.of(handled(0, 1)), List.of(), List.of());
		assertThat(reckoning.recovered()).isEqualTo(1);
		assertThat(reckoning.unexpected()).isEmpty();
	}

	@Test
	void putsARepeatDownToAnIncidentOnceAndOnlyAfterIt() {
		Incident incident = new Incident(Fault.REPLICA_KILLED, true, 5, 6, 1,
				new Excuse("W3", 5, (_) -> Set.of("key-0", "key-1")));
		List<Handled> effects = List.of(handled(0, 1), handled(0, 10), handled(1, 1), handled(1, 2), handled(2, 1),
				handled(2, 10), handled(0, 11));
		Reckoning reckoning = reckon(this.accepted, effects, List.of(), List.of(incident));
		assertThat(reckoning.repeats()).hasToString("{W3 REPLICA_KILLED=1 of 2}");
		assertThat(reckoning.unattributed()).hasSize(3);
	}

	private static Reckoning reckon(List<Answer> answers, List<Handled> effects, List<byte[]> dead,
			List<Incident> incidents) {
		return Reckoning.of(new History(answers, effects, effects), dead, incidents);
	}

	private Handled handled(int index, long at) {
		Sample sample = this.samples.get(index);
		return new Handled(sample.id(), sample.sha256(), "key-" + index, 1, "a.1", at);
	}

	private static byte[] segment(Sample... samples) {
		ByteArrayOutputStream bytes = new ByteArrayOutputStream();
		for (Sample sample : samples) {
			bytes.writeBytes("POST /webhook HTTP/1.1\r\nX-Shopify-Webhook-Id: %s\r\nContent-Length: %d\r\n\r\n"
				.formatted(sample.id(), sample.body().length)
				.getBytes(StandardCharsets.US_ASCII));
			bytes.writeBytes(sample.body());
		}
		return bytes.toByteArray();
	}

}
