package dev.holdfast.delivery;

import java.util.regex.Pattern;

/// A topic such as `orders/create`, as the header said it; empty where there was none. It
/// may be anything: only a well-formed one may become part of a key, a tag or a log line.
public record Topic(String value) {

	private static final Pattern WELL_FORMED = Pattern
		.compile("[A-Za-z0-9_]+(\\.[A-Za-z0-9_]+)*(/[A-Za-z0-9_]+(\\.[A-Za-z0-9_]+)*){0,3}");

	private static final int LONGEST = 128;

	public boolean isWellFormed() {
		return this.value.length() <= LONGEST && WELL_FORMED.matcher(this.value).matches();
	}

	/// The topic where it is safe to print, else `-`.
	public String printable() {
		return isWellFormed() ? this.value : "-";
	}

	/// Whether this topic is taken by a pattern: the topic itself, `orders/*` for all
	/// that begin with `orders/`, or `*` for all.
	public boolean matches(String pattern) {
		if (pattern.endsWith("*")) {
			return this.value.startsWith(pattern.substring(0, pattern.length() - 1));
		}
		return this.value.equals(pattern);
	}

}
