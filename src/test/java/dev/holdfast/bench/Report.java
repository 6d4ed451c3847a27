package dev.holdfast.bench;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;

import tools.jackson.databind.SerializationFeature;
import tools.jackson.databind.json.JsonMapper;

/// Results as tables, and whole as JSON.
final class Report {

	private static final List<List<String>> TABLES = List.of(
			List.of(Figures.ACCEPTED, "p50", "p90", "p99", "p99.9", "served p99", Figures.OTHERS, "refused p50",
					"refused p99", "CPU ms", "RSS MB", "alloc KB", "sender CPU ms", "foreign %"),
			List.of(Figures.EFFECTS, "effect p50", "effect p99", "drained after s", "requests", "put", "get", "list",
					"delete", "slow-downs", "Redis CPU ms", "acknowledged", Figures.MISSING, Figures.REPEATED));

	private final Map<String, List<Map<String, Object>>> trials = new LinkedHashMap<>();

	void add(Scenario scenario, Map<String, Object> figures) {
		this.trials.computeIfAbsent(scenario.word(), (_) -> new ArrayList<>()).add(figures);
	}

	/// The scenarios in which something acknowledged had no effect, or more than one.
	List<String> broken() {
		return this.trials.entrySet()
			.stream()
			.filter((trials) -> trials.getValue().stream().anyMatch((figures) -> !isExact(figures)))
			.map(Map.Entry::getKey)
			.toList();
	}

	private static boolean isExact(Map<String, Object> figures) {
		return Integer.valueOf(0).equals(figures.get(Figures.MISSING))
				&& Integer.valueOf(0).equals(figures.get(Figures.REPEATED));
	}

	/// Medians over the repetitions. Milliseconds; CPU and allocation per webhook;
	/// requests per 1,000 webhooks.
	String tables() {
		StringBuilder text = new StringBuilder();
		for (List<String> columns : TABLES) {
			text.append("| scenario | ").append(String.join(" | ", columns)).append(" |\n|---");
			text.append("|--:".repeat(columns.size())).append("|\n");
			this.trials.forEach((scenario, trials) -> {
				text.append("| ").append(scenario).append(" |");
				columns.forEach((column) -> text.append(' ').append(median(trials, column)).append(" |"));
				text.append('\n');
			});
			text.append('\n');
		}
		this.trials.forEach((scenario, trials) -> trials.forEach((figures) -> figures.forEach((name, value) -> {
			if (value instanceof List<?> tenths) {
				text.append(scenario).append(", ").append(name).append(':');
				tenths.forEach((tenth) -> text.append(' ').append(number((Number) tenth)));
				text.append('\n');
			}
		})));
		return text.toString();
	}

	private static String median(List<Map<String, Object>> trials, String column) {
		List<Number> values = trials.stream()
			.map((figures) -> figures.get(column))
			.filter(Number.class::isInstance)
			.map(Number.class::cast)
			.sorted((a, b) -> Double.compare(a.doubleValue(), b.doubleValue()))
			.toList();
		return values.isEmpty() ? "" : number(values.get(values.size() / 2));
	}

	private static String number(Number value) {
		double number = value.doubleValue();
		if (Double.isNaN(number)) {
			return "?";
		}
		int digits = (value instanceof Integer || value instanceof Long || Math.abs(number) >= 100) ? 0
				: (Math.abs(number) >= 10) ? 1 : (Math.abs(number) >= 1) ? 2 : 3;
		return String.format(Locale.ROOT, "%,." + digits + "f", number);
	}

	void write(Path file, Options options) throws IOException {
		Map<String, Object> all = new LinkedHashMap<>();
		all.put("machine", Machine.description());
		all.put("options", options.given());
		all.put("trials", this.trials);
		Path parent = file.toAbsolutePath().getParent();
		if (parent != null) {
			Files.createDirectories(parent);
		}
		JsonMapper json = JsonMapper.builder().enable(SerializationFeature.INDENT_OUTPUT).build();
		Files.write(file, json.writeValueAsBytes(all));
	}

}
