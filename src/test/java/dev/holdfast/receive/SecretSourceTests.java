package dev.holdfast.receive;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

import dev.holdfast.receive.KeyRing.Key;
import dev.holdfast.telemetry.Condition;
import dev.holdfast.telemetry.Conditions;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import org.springframework.boot.diagnostics.FailureAnalysis;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

class SecretSourceTests {

	private static final String GOOD = "shpss_0123456789abcdef";

	private final Conditions conditions = new Conditions(new SimpleMeterRegistry());

	private final ManualScheduler scheduler = new ManualScheduler();

	@TempDir
	private Path directory;

	@Test
	void readsTheSettingAndAllFilesButHiddenOnes() throws IOException {
		Path data = Files.createDirectory(this.directory.resolve("..2026_11_20"));
		Files.writeString(data.resolve("old"), GOOD + "\r\n");
		Files.createSymbolicLink(this.directory.resolve("..data"), data);
		Files.createSymbolicLink(this.directory.resolve("old"), Path.of("..data", "old"));
		Files.writeString(this.directory.resolve(".hidden"), "short");
		SecretSource source = source(GOOD);
		assertThat(source.ring().keys()).extracting(Key::name).containsExactly("current", "old");
		byte[] body = Edge.bytes("{}");
		assertThat(source.ring().verify(body, KeyRing.decode(Edge.sign(body, GOOD)))).isEqualTo("old");
	}

	@ParameterizedTest
	@ValueSource(strings = { "", "\n", "short", "                    ", "fifteen-bytes-x" })
	void keepsTheWholeOldRingWhileAFileIsBad(String content) throws IOException {
		Files.writeString(this.directory.resolve("a"), GOOD);
		SecretSource source = source(null);
		KeyRing before = source.ring();
		Files.writeString(this.directory.resolve("a"), GOOD + "new");
		Files.writeString(this.directory.resolve("b"), content);
		source.refresh();
		assertThat(source.ring()).isSameAs(before);
		assertThat(this.conditions.holding().get(Condition.SECRET_UNREADABLE)).contains("b")
			.contains("secrets-directory")
			.doesNotContain("fifteen-bytes-x");
		Files.writeString(this.directory.resolve("b"), GOOD + "b");
		source.refresh();
		assertThat(source.ring().keys()).hasSize(2);
		assertThat(this.conditions.holds(Condition.SECRET_UNREADABLE)).isFalse();
	}

	@Test
	void keepsTheOldRingWhenADirectoryIsEmptiedOrGone() throws IOException {
		Path file = Files.writeString(this.directory.resolve("a"), GOOD);
		SecretSource source = source(null);
		Files.delete(file);
		source.refresh();
		assertThat(source.ring().keys()).hasSize(1);
		Files.delete(this.directory);
		source.refresh();
		assertThat(source.ring().keys()).hasSize(1);
		assertThat(this.conditions.holds(Condition.SECRET_UNREADABLE)).isTrue();
	}

	@Test
	void refusesANameThatCannotBeATag() throws IOException {
		Files.writeString(this.directory.resolve("a"), GOOD);
		SecretSource source = source(null);
		Files.writeString(this.directory.resolve("b c"), GOOD);
		source.refresh();
		assertThat(this.conditions.holds(Condition.SECRET_UNREADABLE)).isTrue();
	}

	@Test
	void readsAgainUntilItIsClosed() throws IOException {
		Files.writeString(this.directory.resolve("a"), GOOD);
		SecretSource source = source(null);
		source.start();
		Files.writeString(this.directory.resolve("b"), GOOD);
		this.scheduler.waiting.remove().run();
		assertThat(source.ring().keys()).hasSize(2);
		assertThat(this.scheduler.waiting).hasSize(1);
		source.close();
		assertThat(this.scheduler.waiting).isEmpty();
	}

	@ParameterizedTest
	@ValueSource(strings = { "", "   \n", "too-short-canary" + "\b", "canary" })
	void doesNotStartWithoutAUsableSecretAndSaysWhatToSet(String secret) {
		String value = secret.endsWith("\b") ? secret.substring(0, 15) : secret;
		assertThatExceptionOfType(UnusableSettingException.class)
			.isThrownBy(() -> new SecretSource(new Secret(value), null, this.scheduler, this.conditions))
			.satisfies((ex) -> {
				FailureAnalysis analysis = new UnusableSettingFailureAnalyzer().analyze(ex);
				assertThat(analysis).isNotNull();
				assertThat(analysis.getDescription()).contains("SHOPIFY_WEBHOOK_SECRET").doesNotContain("canary");
				assertThat(analysis.getAction())
					.contains("SHOPIFY_WEBHOOK_SECRET", "holdfast.receive.secrets-directory")
					.doesNotContain("canary");
			});
	}

	@Test
	void doesNotPrintASecret() {
		assertThat(new Secret("canary").toString()).doesNotContain("canary");
	}

	private SecretSource source(@Nullable String secret) {
		return new SecretSource((secret != null) ? new Secret(secret) : null, this.directory, this.scheduler,
				this.conditions);
	}

}
