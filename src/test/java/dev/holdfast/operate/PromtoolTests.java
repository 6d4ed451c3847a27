package dev.holdfast.operate;

import java.time.Duration;
import java.util.List;
import java.util.Map;

import dev.holdfast.container.Command;
import dev.holdfast.fixture.OwnedProcess;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

/// What the programs that come with Prometheus and Alertmanager say of our files, where
/// they are installed.
class PromtoolTests {

	@ParameterizedTest
	@ValueSource(strings = { "promtool check config deploy/prometheus/prometheus.yml",
			"promtool check rules deploy/prometheus/rules.yml", "promtool test rules deploy/prometheus/rules.test.yml",
			"amtool check-config deploy/alertmanager/alertmanager.yml" })
	void isContent(String line) {
		List<String> command = List.of(line.split(" "));
		assumeTrue(OwnedProcess.onPath(command.getFirst()), command.getFirst() + " is not installed");
		Command.Result result = new Command(Map.of(), Duration.ofMinutes(1)).tryRun(command);
		assertThat(result.output()).contains("SUCCESS").doesNotContain("FAILED");
		assertThat(result.status()).isZero();
	}

}
