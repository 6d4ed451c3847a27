package dev.holdfast.container;

import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;

import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;

/// `deploy/firewall.nft` as the kernel understands it: packets between two network
/// namespaces. The addresses are those that the file has.
@Tag("system")
class FirewallTests {

	/// Who calls whom on which port, by the last number of the address.
	private static final List<String> OPEN = List.of("21 11 6379", "12 11 6379", "13 11 6379", "17 11 6379",
			"18 11 6379", "40 11 6379", "14 13 26379", "21 13 26379", "11 13 26379", "18 13 26379", "20 21 8080",
			"40 21 8080", "99 20 8080", "99 20 443", "19 17 6379", "13 17 9999", "13 40 9093", "5 11 22");

	private static final List<String> CLOSED = List.of("99 11 6379", "20 11 6379", "19 11 6379", "99 13 26379",
			"20 13 26379", "40 13 26379", "99 21 8080", "21 22 8080", "99 17 6379", "21 17 9999", "19 17 9999",
			"99 17 9999", "99 40 9093", "99 11 22", "21 11 22", "13 21 6379", "99 11 8080");

	@Test
	void letsInWhatThePartsNeedAndNothingElse() {
		String script = Path.of("src/test/resources/dev/holdfast/container/firewall.sh").toString();
		String cases = String.join("\n", Stream.concat(OPEN.stream(), CLOSED.stream()).toList());
		String answers = new Command(Map.of("CASES", cases), Duration.ofMinutes(1)).run(List.of("sh", "-c",
				"echo \"$CASES\" | unshare --map-root-user --net bash " + script + " deploy/firewall.nft"));

		assertThat(answers.lines()).containsExactlyElementsOf(Stream
			.concat(OPEN.stream().map((each) -> each + " open"), CLOSED.stream().map((each) -> each + " closed"))
			.toList());
	}

}
