package dev.holdfast.system;

import java.nio.file.Path;
import java.time.Duration;

import org.springframework.boot.SpringApplication;
import org.springframework.context.ConfigurableApplicationContext;
import org.springframework.context.support.GenericApplicationContext;
import org.springframework.core.env.ConfigurableEnvironment;

import dev.holdfast.HoldfastApplication;

/// The application with a [RecordingHandler], unless `system.record` is unset.
final class SystemApplication {

	static final String RECORD = "system.record";

	static final String REPLICA = "system.replica";

	static final String DELAY = "system.delay";

	static final String FLAKY = "system.flaky";

	/// Not static: `spring-boot:test-run` looks for the one class that has a static one.
	void main(String[] args) {
		run(args);
	}

	static ConfigurableApplicationContext run(String... args) {
		SpringApplication application = new SpringApplication(HoldfastApplication.class);
		application.addInitializers((context) -> {
			ConfigurableEnvironment environment = context.getEnvironment();
			String directory = environment.getProperty(RECORD);
			if (directory != null) {
				((GenericApplicationContext) context).registerBean(RecordingHandler.class,
						() -> new RecordingHandler(Path.of(directory), environment.getRequiredProperty(REPLICA),
								environment.getProperty(DELAY, Duration.class, Duration.ZERO),
								environment.getProperty(FLAKY, Integer.class, 0)));
			}
		});
		return application.run(args);
	}

}
