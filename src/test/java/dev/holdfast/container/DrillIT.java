package dev.holdfast.container;

import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ThreadLocalRandom;

import dev.holdfast.fixture.Ports;
import org.junit.jupiter.api.Test;
import org.testcontainers.junit.jupiter.EnabledIfDockerAvailable;

import static org.assertj.core.api.Assertions.assertThat;

/// The drill as a person runs it, with two of its faults.
@EnabledIfDockerAvailable
class DrillIT {

	@Test
	void losesNothingAndSaysWhatItCost() {
		Image.build();
		int number = 100 + ThreadLocalRandom.current().nextInt(150);
		Command command = new Command(Map.of("HOLDFAST_IMAGE", Image.NAME, "HOLDFAST_REDIS_IMAGE", Image.REDIS,
				"HOLDFAST_NETWORK", "172.29." + number, "HOLDFAST_PORT", String.valueOf(Ports.free()), "DRILL_PROJECT",
				"holdfast-drill-" + number), Duration.ofMinutes(4));
		String report = command
			.run(List.of("deploy/drill", "--rate", "20", "--outage", "8", "--faults", "kill-primary,freeze-store"));
		report.lines().filter((line) -> line.matches("(fault|kill|freeze|ack|lost).*")).forEach(DrillIT::say);
		assertThat(report).containsPattern("(?m)^lost 0$")
			// Receiving does not need Redis.
			.containsPattern("(?m)^kill-primary +[1-9][0-9]* +0 +0 .* 0\\.0 s +[0-9]+\\.[0-9] s +[0-9]+\\.[0-9] s$")
			.containsPattern("(?m)^freeze-store +[1-9][0-9]* +[1-9]");
	}

	private static void say(String line) {
		System.out.println("container: " + line);
	}

}
