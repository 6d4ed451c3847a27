package dev.holdfast.docs;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/// A document, read for its tables and its fenced blocks.
public record Markdown(Path file, String text) {

	public static Markdown of(String file) {
		return of(Path.of(file));
	}

	static Markdown of(Path file) {
		try {
			return new Markdown(file, Files.readString(file));
		}
		catch (IOException ex) {
			throw new UncheckedIOException(ex);
		}
	}

	/// All documents of the project.
	static List<Markdown> all() {
		try (Stream<Path> files = Stream.concat(Files.list(Path.of(".")), tree(Path.of("docs")))) {
			return files.filter((file) -> file.toString().endsWith(".md")).sorted().map(Markdown::of).toList();
		}
		catch (IOException ex) {
			throw new UncheckedIOException(ex);
		}
	}

	private static Stream<Path> tree(Path directory) throws IOException {
		return Files.exists(directory) ? Files.walk(directory) : Stream.empty();
	}

	/// The rows of all tables whose first column has this title, cell by cell, as
	/// written.
	public List<List<String>> rows(String firstColumn) {
		List<List<String>> rows = new ArrayList<>();
		boolean within = false;
		for (String line : this.text.lines().toList()) {
			if (!line.startsWith("| ")) {
				within = within && line.startsWith("|");
				continue;
			}
			List<String> cells = Arrays.stream(line.substring(1).split("\\|")).map(String::strip).toList();
			if (within) {
				rows.add(cells);
			}
			within = within || cells.getFirst().equals(firstColumn);
		}
		return rows;
	}

	/// The text of the fenced blocks whose first line, behind the fence, is this.
	List<String> blocks(String info) {
		Matcher matcher = Pattern
			.compile("^```" + Pattern.quote(info) + "\\n(.*?)^```$", Pattern.MULTILINE | Pattern.DOTALL)
			.matcher(this.text);
		return matcher.results().map((result) -> result.group(1)).toList();
	}

	/// What a cell says, without the marks of code.
	public static String plain(String cell) {
		return cell.replace("`", "");
	}

	@Override
	public String toString() {
		return this.file.toString();
	}

}
