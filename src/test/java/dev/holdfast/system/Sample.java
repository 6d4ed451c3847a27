package dev.holdfast.system;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Collections;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.UUID;
import java.util.stream.Collectors;

import dev.holdfast.delivery.Sha256;
import dev.holdfast.system.WebhookClient.Answer;

/// A delivery to send.
///
/// @param id its delivery id
/// @param body its raw body
/// @param sha256 the body's SHA-256 in hexadecimal
@SuppressWarnings("ArrayRecordComponent")
record Sample(String id, byte[] body, String sha256) {

	private static final int MOST_PADDING = 2_000;

	static Sample of(byte[] body) {
		return new Sample(UUID.randomUUID().toString(), body, HexFormat.of().formatHex(Sha256.of(body)));
	}

	/// An order of 100 bytes to 2 KiB, with letters beyond ASCII.
	static Sample random(Random random) {
		String padding = "ä€𝄞 ".repeat(random.nextInt(MOST_PADDING / 10));
		return of("{\"id\":%d,\"total_price\":\"%d.95\",\"note\":\"%s\"}"
			.formatted(random.nextLong(Long.MAX_VALUE), random.nextInt(1000), padding)
			.getBytes(StandardCharsets.UTF_8));
	}

	static List<Sample> random(int count, Random random) {
		List<Sample> samples = new ArrayList<>();
		for (int i = 0; i < count; i++) {
			samples.add(random(random));
		}
		return samples;
	}

	/// So many deliveries, of which a tenth are sent a second time, in any order.
	static List<Sample> withRepeats(int count, Random random) {
		List<Sample> samples = random(count - count / 10, random);
		samples.addAll(List.copyOf(samples.subList(0, count / 10)));
		Collections.shuffle(samples, random);
		return samples;
	}

	static Map<String, Sample> byId(Collection<Answer> answers) {
		return answers.stream()
			.map(Answer::sample)
			.collect(Collectors.toMap(Sample::id, (sample) -> sample, (a, b) -> a));
	}

}
