package dev.holdfast.container;

import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;

import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.testcontainers.junit.jupiter.EnabledIfDockerAvailable;

import static org.assertj.core.api.Assertions.assertThat;

/// What the image has, and what it has not.
@EnabledIfDockerAvailable
class ImageIT {

	private static final Command command = new Command(Map.of(), Duration.ofMinutes(1));

	@BeforeAll
	static void build() {
		Image.build();
	}

	@Test
	void isSmall() {
		long megabytes = Long.parseLong(inspect("{{.Size}}")) / 1_000_000;
		System.out.println("container: image of " + megabytes + " MB");
		assertThat(megabytes).isLessThan(330);
	}

	@Test
	void hasNoShellAndNoRoot() {
		Command.Result shell = command
			.tryRun(List.of("docker", "run", "--rm", "--entrypoint", "sh", Image.NAME, "-c", "true"));

		assertThat(shell.status()).isEqualTo(127);
		assertThat(shell.output()).contains("executable file not found");
		assertThat(inspect("{{.Config.User}}")).isEqualTo("10001:10001");
	}

	@Test
	void saysWhatItIs() {
		assertThat(inspect("{{json .Config.Labels}}")).contains(
				"\"org.opencontainers.image.revision\":\"%s\"".formatted(Image.REVISION),
				"\"org.opencontainers.image.title\":\"Holdfast\"",
				"\"org.opencontainers.image.licenses\":\"Apache-2.0\"");
		assertThat(inspect("{{.Config.StopSignal}}")).isEqualTo("SIGTERM");
	}

	@Test
	void hasItsHeapFromTheStartAndEndsWithoutIt() {
		assertThat(inspect("{{json .Config.Entrypoint}}")).contains("@jvm.options", "-XX:InitialRAMPercentage=60",
				"-XX:MaxRAMPercentage=60");
		assertThat(docker("run", "--rm", "--entrypoint", "java", Image.NAME, "@jvm.options",
				"-XX:+PrintCommandLineFlags", "-version"))
			.contains("-XX:+ExitOnOutOfMemoryError", "-XX:SurvivorRatio=4");
	}

	@Test
	void hasABillOfItsMaterialsInside() {
		String id = docker("create", Image.NAME);
		try {
			assertThat(docker("cp", id + ":/opt/holdfast/sbom.json", "-")).contains("\"CycloneDX\"",
					"pkg:maven/io.lettuce/lettuce-core@");
			assertThat(docker("cp", id + ":/var/lib/dpkg/status.d/libc6", "-")).contains("Package: libc6");
		}
		finally {
			docker("rm", id);
		}
	}

	/// The check gets the application's options, such as more memory than it has.
	@ParameterizedTest
	@ValueSource(strings = { "G1", "Parallel", "Z", "Shenandoah" })
	void isCheckedWhateverOptionsTheApplicationHas(String collector) {
		List<String> check = List.of(inspect("{{join .Config.Healthcheck.Test \" \"}}").split(" "));
		assertThat(check).startsWith("CMD", "java");
		Command.Result answer = command.tryRun(Stream.concat(Stream.of("docker", "run", "--rm", "--env",
				"JAVA_TOOL_OPTIONS=-Xms600m -Xmx600m -XX:+Use" + collector + "GC", "--entrypoint", "java", Image.NAME),
				check.stream().skip(2))
			.toList());
		assertThat(answer.output()).contains("Picked up JAVA_TOOL_OPTIONS").doesNotContain("Error");
	}

	/// The cache fits the JVM and the paths, or the JVM would say so. It has the code of
	/// serving, and of reading the answers of a store and of Redis.
	@Test
	void startsFromTheCacheOfTheTrainingRun() {
		String log = docker("run", "--rm", "--entrypoint", "java", Image.NAME, "-XX:AOTCache=holdfast.aot",
				"-XX:AOTMode=on", "@jvm.options", "-Djava.library.path=/opt/holdfast/native", "-Xlog:class+load", "-cp",
				"holdfast.jar:handlers/*", "-version");
		assertThat(log).contains("sharing", "org.apache.coyote.http11.Http11Processor source: shared",
				"awssdk.services.s3.model.S3Exception$BuilderImpl source: shared",
				"io.lettuce.core.protocol.RedisStateMachine source: shared");
	}

	private static String inspect(String format) {
		return docker("inspect", "--format", format, Image.NAME);
	}

	private static String docker(String... arguments) {
		return command.run(Stream.concat(Stream.of("docker"), Stream.of(arguments)).toList()).strip();
	}

}
