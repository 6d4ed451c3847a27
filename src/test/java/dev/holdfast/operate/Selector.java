package dev.holdfast.operate;

import java.util.Arrays;
import java.util.List;
import java.util.Set;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;

/// A series that an expression of PromQL asks for. Found by a scan, not by the grammar:
/// whether an expression is one at all, Prometheus says.
///
/// @param metric its name
/// @param matchers what is asked of its labels
record Selector(String metric, List<Matcher> matchers) {

	private static final Set<String> KEYWORDS = Set.of("and", "or", "unless", "offset", "bool");

	private static final Pattern GROUPING = Pattern
		.compile("\\b(?:by|without|on|ignoring|group_left|group_right)\\s*\\(([^)]*)\\)");

	private static final Pattern RANGE = Pattern.compile("\\[[^]]*]");

	private static final Pattern NAME = Pattern.compile("\\b([a-zA-Z_:][\\w:]*+)(?!\\s*\\()\\s*(?:\\{([^}]*)})?");

	private static final Pattern MATCHER = Pattern.compile("(\\w+)\\s*(=~|!~|!=|=)\\s*\"([^\"]*)\"");

	/// @param values the alternatives of a regular expression, or the one value
	record Matcher(String label, List<String> values) {
	}

	static List<Selector> of(String expression) {
		String plain = RANGE.matcher(GROUPING.matcher(expression).replaceAll(" ")).replaceAll(" ");
		return NAME.matcher(plain)
			.results()
			.filter((name) -> !KEYWORDS.contains(name.group(1)))
			.map((name) -> new Selector(name.group(1), matchers(name.group(2))))
			.toList();
	}

	/// The labels that an expression groups by.
	static List<String> grouping(String expression) {
		return GROUPING.matcher(expression)
			.results()
			.flatMap((MatchResult labels) -> Arrays.stream(labels.group(1).split(",")))
			.map(String::strip)
			.filter((label) -> !label.isEmpty())
			.toList();
	}

	private static List<Matcher> matchers(String text) {
		return (text == null) ? List.of()
				: MATCHER.matcher(text)
					.results()
					.map((match) -> new Matcher(match.group(1), List.of(match.group(3).split("\\|"))))
					.toList();
	}

}
