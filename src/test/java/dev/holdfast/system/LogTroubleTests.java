package dev.holdfast.system;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Random;

import dev.holdfast.fixture.RedisProcess;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

/// A log that cannot be written costs the log, and nothing else.
@Tag("system")
class LogTroubleTests {

	private static final Path FULL = Path.of("/dev/full");

	@Test
	void acknowledgesAndHandlesThoughTheDiskOfItsLogIsFull() throws IOException {
		assumeTrue(Files.exists(FULL), "a disk that is always full is Linux's");
		try (RedisProcess redis = RedisProcess.start();
				Site site = Site.create(LogTroubleTests.class, Site.plain(redis.port()));
				WebhookClient client = new WebhookClient()) {
			Files.createSymbolicLink(site.directory().resolve("a.log"), FULL);
			OwnReplica replica = site.own("a", Map.of("logging.level.dev.holdfast.deliveries", "INFO"));
			replica.awaitServing();
			List<Sample> samples = Sample.random(300, new Random(13));
			client.deliverAll(samples, 8, replica::webhook);
			assertThat(site.awaitHandled(samples)).as("repeats").isZero();
		}
	}

}
