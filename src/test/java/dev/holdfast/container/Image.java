package dev.holdfast.container;

import java.time.Duration;
import java.util.List;
import java.util.Map;

/// The images that the Dockerfiles make, Holdfast's of the jar that Maven has just
/// packaged. A layer that has not changed is not built again.
final class Image {

	static final String NAME = "holdfast:test";

	static final String REDIS = "holdfast-redis:test";

	static final String REVISION = "0123456789abcdef0123456789abcdef01234567";

	private Image() {
	}

	/// The `docker` program rather than the engine's API, because that is what people
	/// run, and it knows the builder that the engine has.
	static void build() {
		Command command = new Command(Map.of(), Duration.ofMinutes(10));
		command.run(List.of("docker", "build", "--build-arg", "PREBUILT=true", "--build-arg", "REVISION=" + REVISION,
				"--tag", NAME, "."));
		command.run(List.of("docker", "build", "--tag", REDIS, "deploy/redis"));
	}

}
