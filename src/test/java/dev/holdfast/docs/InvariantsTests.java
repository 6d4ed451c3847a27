package dev.holdfast.docs;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import java.util.stream.Stream;

import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;

/// Every invariant names tests that exist, and so does the matrix of faults.
class InvariantsTests {

	private static final Path TESTS = Path.of("src", "test", "java");

	private static final Pattern NAMED = Pattern.compile("`(\\w+)#(\\w+)`");

	private static final Pattern FAULT = Pattern.compile("(?m)^\\| `([A-Z0-9_]+)` \\|");

	private static final Pattern CONSTANT = Pattern.compile("(?m)^\t([A-Z0-9_]+)\\(Part");

	@Test
	void areEachEnforcedByATestThatExists() throws IOException {
		List<String> invariants = Markdown.of("INVARIANTS.md")
			.text()
			.lines()
			.filter((line) -> line.startsWith("- "))
			.toList();
		assertThat(invariants).hasSizeGreaterThan(10);
		for (String invariant : invariants) {
			List<String[]> named = NAMED.matcher(invariant.substring(Math.max(0, invariant.indexOf("*Enforced by:*"))))
				.results()
				.map((match) -> new String[] { match.group(1), match.group(2) })
				.toList();
			assertThat(invariant).contains("*Enforced by:*");
			assertThat(named).as(invariant).isNotEmpty();
			for (String[] test : named) {
				assertThat(annotated(source(test[0]), test[1])).as(invariant + ": " + test[1]).isTrue();
			}
		}
	}

	@Test
	void andTheMatrixOfFaultsNameEveryFaultAndTestsThatExist() throws IOException {
		String matrix = Markdown.of("docs/fault-matrix.md").text();
		assertThat(FAULT.matcher(matrix).results().map((row) -> row.group(1))).containsExactlyInAnyOrderElementsOf(
				CONSTANT.matcher(source("Fault")).results().map((constant) -> constant.group(1)).toList());
		for (MatchResult test : NAMED.matcher(matrix).results().toList()) {
			assertThat(annotated(source(test.group(1)), test.group(2))).as(test.group()).isTrue();
		}
	}

	/// Whether there is a test of this name: what stands between it and the blank line
	/// before it are its annotations.
	private static boolean annotated(String source, String method) {
		int name = source.indexOf("\tvoid " + method + "(");
		return name >= 0
				&& source.substring(source.lastIndexOf("\n\n", name), name).matches("(?s).*@(Parameterized)?Test\\b.*");
	}

	private static String source(String name) throws IOException {
		try (Stream<Path> files = Files.walk(TESTS)) {
			List<Path> found = files.filter((file) -> file.getFileName().toString().equals(name + ".java")).toList();
			assertThat(found).as("the test class %s", name).hasSize(1);
			return Files.readString(found.getFirst());
		}
	}

}
