package dev.holdfast;

import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;

import org.springframework.boot.SpringApplication;
import org.springframework.boot.SpringApplicationRunListener;
import org.springframework.boot.bootstrap.ConfigurableBootstrapContext;
import org.springframework.context.ConfigurableApplicationContext;
import org.springframework.core.env.ConfigurableEnvironment;
import org.springframework.core.env.MapPropertySource;
import org.springframework.core.env.StandardEnvironment;

import dev.holdfast.fixture.DevelopmentServices;

/// Starts Holdfast for development, for `mvn spring-boot:test-run`: with Redis, Sentinels
/// and a bucket of its own, which keep their data under `target/development`. They end
/// after the application has shut down, since it settles its work with them until then.
public final class TestHoldfastApplication {

	private static final Path DATA = Path.of("target", "development");

	private TestHoldfastApplication() {
	}

	public static void main(String[] args) {
		DevelopmentServices services = DevelopmentServices.start(DATA);
		try {
			SpringApplication.withHook((application) -> new Development(services),
					() -> HoldfastApplication.main(args));
		}
		catch (RuntimeException ex) {
			services.close();
			throw ex;
		}
	}

	private record Development(DevelopmentServices services) implements SpringApplicationRunListener {

		/// The settings win over the application's own files, and lose against the
		/// environment and the command line.
		@Override
		public void environmentPrepared(ConfigurableBootstrapContext bootstrap, ConfigurableEnvironment environment) {
			environment.getPropertySources()
				.addAfter(StandardEnvironment.SYSTEM_ENVIRONMENT_PROPERTY_SOURCE_NAME,
						new MapPropertySource("development", Map.copyOf(this.services.properties())));
			SpringApplication.getShutdownHandlers().add(this.services::close);
		}

		@Override
		public void ready(ConfigurableApplicationContext context, Duration timeTaken) {
			System.out
				.println(this.services.describe(context.getEnvironment().getProperty("local.server.port", "8080")));
		}

	}

}
