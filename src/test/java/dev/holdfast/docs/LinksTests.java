package dev.holdfast.docs;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import java.util.stream.Stream;

import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;

/// What documents point to is there.
class LinksTests {

	private static final Pattern LINK = Pattern.compile("\\]\\(([^)\\s]+)\\)");

	private static final Pattern HEADING = Pattern.compile("^#+ +(.*)$", Pattern.MULTILINE);

	@Test
	void leadSomewhere() {
		for (Markdown document : Markdown.all()) {
			assertThat(LINK.matcher(document.text()).results().map((link) -> link.group(1))).as("links in %s", document)
				.allSatisfy((link) -> assertThat(leadsSomewhere(document, link)).as(link).isTrue());
		}
	}

	@Test
	void listEveryDecision() throws IOException {
		Markdown list = Markdown.of("docs/adr/README.md");
		try (Stream<Path> files = Files.list(Path.of("docs", "adr"))) {
			assertThat(files.map((file) -> file.getFileName().toString()).filter((name) -> !name.equals("README.md")))
				.isNotEmpty()
				.allMatch((name) -> name.matches("\\d{3}-[a-z0-9-]+\\.md"))
				.allSatisfy((name) -> assertThat(list.text()).contains("](" + name + ")"));
		}
	}

	private static boolean leadsSomewhere(Markdown document, String link) {
		if (link.matches("[a-z]+:.*")) {
			return true;
		}
		String[] parts = link.split("#", 2);
		Path target = parts[0].isEmpty() ? document.file() : document.file().resolveSibling(parts[0]).normalize();
		return Files.exists(target) && (parts.length == 1 || anchors(Markdown.of(target)).contains(parts[1]));
	}

	private static List<String> anchors(Markdown document) {
		return HEADING.matcher(document.text())
			.results()
			.map((MatchResult heading) -> heading.group(1)
				.toLowerCase(Locale.ROOT)
				.replaceAll("[^a-z0-9 _-]", "")
				.replace(' ', '-'))
			.toList();
	}

}
