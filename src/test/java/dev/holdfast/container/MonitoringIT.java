package dev.holdfast.container;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.testcontainers.junit.jupiter.EnabledIfDockerAvailable;

import static org.assertj.core.api.Assertions.assertThat;

/// What the programs in the images of `docker-compose.yml` say of our files: they may be
/// newer than those that are installed.
@EnabledIfDockerAvailable
class MonitoringIT {

	@ParameterizedTest
	@CsvSource({ "prom/prometheus, promtool check rules prometheus/rules.yml",
			"prom/prometheus, promtool check config --syntax-only prometheus/prometheus.yml",
			"prom/prometheus, promtool test rules prometheus/rules.test.yml",
			"prom/alertmanager, amtool check-config alertmanager/alertmanager.yml" })
	void isAcceptedByTheImage(String repository, String line) throws IOException {
		List<String> command = new ArrayList<>(List.of(line.split(" ")));
		List<String> run = new ArrayList<>(
				List.of("docker", "run", "--rm", "--network", "none", "--entrypoint", command.removeFirst(), "--volume",
						Path.of("deploy").toAbsolutePath() + ":/deploy:ro", "--workdir", "/deploy", image(repository)));
		run.addAll(command);
		assertThat(new Command(Map.of(), Duration.ofMinutes(2)).run(run)).contains("SUCCESS").doesNotContain("FAILED");
	}

	private static String image(String repository) throws IOException {
		Matcher image = Pattern.compile("image: (" + Pattern.quote(repository) + ":\\S+)")
			.matcher(Files.readString(Path.of("docker-compose.yml")));
		assertThat(image.find()).isTrue();
		return image.group(1);
	}

}
