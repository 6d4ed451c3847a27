package dev.holdfast.container;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.yaml.snakeyaml.Yaml;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.InstanceOfAssertFactories.list;
import static org.assertj.core.api.InstanceOfAssertFactories.map;

/// What the compose file says, whether or not there is an engine to run it.
class ComposeFileTests {

	private static final Path COMPOSE = Path.of("docker-compose.yml");

	private static final Path BUCKET = Path.of("deploy", "bucket.yml");

	@ParameterizedTest
	@ValueSource(strings = { "holdfast-1", "holdfast-2" })
	void takesEverySettingFromAFileOfItsOwn(String replica) throws IOException {
		assertThat(service(COMPOSE, replica).get("env_file")).isEqualTo("${HOLDFAST_ENV_FILE:-deploy/holdfast.env}");
		assertThat(Files.readAllLines(Path.of("deploy", "holdfast.env"))).allMatch((line) -> line.startsWith("#"));
	}

	/// Else deliveries for a destination that is not reached would be gone.
	@ParameterizedTest
	@ValueSource(strings = { "holdfast-1", "holdfast-2" })
	void logsNothingAwayWithABucketOfItsOwn(String replica) throws IOException {
		assertThat(service(BUCKET, replica).get("environment")).asInstanceOf(map(String.class, String.class))
			.containsEntry("HOLDFAST_LOG_ENABLED", "${HOLDFAST_LOG_ENABLED:-false}");
	}

	@Test
	void stopsHoldfastBeforeRedis() throws IOException {
		for (String replica : List.of("holdfast-1", "holdfast-2")) {
			assertThat(service(COMPOSE, replica).get("depends_on")).asInstanceOf(list(String.class))
				.contains("redis-1", "redis-2", "redis-3", "sentinel-1", "sentinel-2", "sentinel-3");
		}
	}

	@SuppressWarnings("unchecked")
	private static Map<String, Object> service(Path file, String name) throws IOException {
		Map<String, Map<String, Map<String, Object>>> compose = new Yaml().load(Files.readString(file));
		return compose.get("services").get(name);
	}

}
