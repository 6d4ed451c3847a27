package dev.holdfast.docs;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import java.util.regex.Pattern;

import org.junit.jupiter.api.Test;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

import org.springframework.boot.context.properties.bind.DefaultValue;

import static org.assertj.core.api.Assertions.assertThat;

/// The README's settings are the application's.
class SettingsTableTests {

	private static final Path METADATA = Path.of("target", "classes", "META-INF", "spring-configuration-metadata.json");

	private static final String ENTRY = "dev.holdfast.destination.DestinationProperties$Http";

	private final Markdown readme = Markdown.of("README.md");

	@Test
	void namesEverySettingWithItsDefault() throws Exception {
		Map<String, String> written = new TreeMap<>();
		ours().forEach((row) -> written.put(Markdown.plain(row.get(0)), Markdown.plain(row.get(1))));
		assertThat(written).containsExactlyEntriesOf(settings()).hasSameSizeAs(ours());
	}

	@Test
	void namesTheEnvironmentVariableOfEachSetting() {
		for (List<String> row : this.readme.rows("setting")) {
			String setting = Markdown.plain(row.get(0));
			String variable = setting.replace("-", "").replace('.', '_').toUpperCase(Locale.ROOT);
			assertThat(Markdown.plain(row.get(3))).as(setting)
				.isEqualTo(setting.equals("holdfast.receive.secret") ? "SHOPIFY_WEBHOOK_SECRET" : variable);
		}
	}

	@Test
	void beginsWithTheEightThatAFirstUserNeeds() {
		assertThat(this.readme.rows("setting").size() - 8).isBetween(1, 30);
		String first = this.readme.text().split("The rest:")[0];
		assertThat(new Markdown(this.readme.file(), first).rows("setting")).hasSize(8);
	}

	@Test
	void spellsSettingsAndMetersRightInEveryDocument() throws Exception {
		List<String> known = Arrays.stream(dev.holdfast.telemetry.Meters.values())
			.map(dev.holdfast.telemetry.Meters::id)
			.toList();
		Map<String, String> settings = settings();
		for (Markdown document : Markdown.all()) {
			assertThat(Pattern.compile("`(holdfast\\.[a-z<>.-]*[a-z>])").matcher(document.text()).results())
				.as("names in %s", document)
				.allMatch((name) -> known.contains(name.group(1)) || settings.containsKey(name.group(1))
						|| List.of("holdfast.jar", "holdfast.simulation.seed", "holdfast.simulation.seeds")
							.contains(name.group(1)),
						"name a setting or a meter");
		}
	}

	private List<List<String>> ours() {
		return this.readme.rows("setting").stream().filter((row) -> row.getFirst().startsWith("`holdfast.")).toList();
	}

	/// From what the annotation processor wrote; the entries of a map it does not look
	/// into.
	private static Map<String, String> settings() throws Exception {
		Map<String, String> settings = new TreeMap<>();
		for (JsonNode property : new JsonMapper().readTree(Files.readString(METADATA)).path("properties")) {
			String name = property.path("name").asString();
			if (name.equals("holdfast.http")) {
				settings.putAll(entry(name + ".<name>."));
			}
			else if (name.startsWith("holdfast.")) {
				settings.put(name, property.path("defaultValue").asString(""));
			}
		}
		return settings;
	}

	private static Map<String, String> entry(String prefix) throws ClassNotFoundException {
		Map<String, String> settings = new TreeMap<>();
		Arrays.stream(Class.forName(ENTRY).getDeclaredConstructors()[0].getParameters()).forEach((parameter) -> {
			DefaultValue value = parameter.getAnnotation(DefaultValue.class);
			settings.put(prefix + parameter.getName(), (value != null) ? String.join(",", value.value()) : "");
		});
		return settings;
	}

}
