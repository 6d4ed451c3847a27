package dev.holdfast.operate;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.regex.Pattern;
import java.util.stream.Stream;

import org.yaml.snakeyaml.Yaml;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/// What is delivered for Prometheus, Grafana, and who is on call.
public final class Monitoring {

	public static final Path RULES = Path.of("deploy", "prometheus", "rules.yml");

	static final Path RULE_TESTS = Path.of("deploy", "prometheus", "rules.test.yml");

	static final Path RUNBOOK = Path.of("docs", "runbook");

	private static final Path DASHBOARD = Path.of("deploy", "grafana", "holdfast.json");

	/// A command of a runbook that asks Prometheus.
	private static final Pattern QUERY = Pattern.compile("(?m)^P '([^']+)'");

	private Monitoring() {
	}

	/// @param labels and annotations as in the rules
	record Alert(String name, String expression, Map<String, String> labels, Map<String, String> annotations) {
	}

	/// @param type as Grafana names it
	record Panel(int id, String type, String title, JsonNode json) {

		List<String> expressions() {
			return this.json.path("targets").valueStream().map((target) -> target.path("expr").asString()).toList();
		}

	}

	/// When a test of the rules expects an alert, or that there is none.
	record Expectation(String test, String alert, int minute, boolean fires) {
	}

	static List<Alert> alerts() {
		List<Alert> alerts = new ArrayList<>();
		for (Map<String, ?> group : list(yaml(RULES).get("groups"))) {
			for (Map<String, ?> rule : list(group.get("rules"))) {
				alerts.add(new Alert((String) rule.get("alert"), (String) rule.get("expr"), texts(rule.get("labels")),
						texts(rule.get("annotations"))));
			}
		}
		return alerts;
	}

	static List<Panel> panels() {
		return JsonMapper.shared()
			.readTree(DASHBOARD.toFile())
			.path("panels")
			.valueStream()
			.map((panel) -> new Panel(panel.path("id").asInt(), panel.path("type").asString(),
					panel.path("title").asString(), panel))
			.toList();
	}

	public static List<String> ruleExpressions() {
		return alerts().stream().map(Alert::expression).toList();
	}

	/// As Grafana asks them of Prometheus, for every replica.
	public static List<String> dashboardExpressions() {
		JsonNode dashboard = JsonMapper.shared().readTree(DASHBOARD.toFile());
		Stream<String> annotations = dashboard.path("annotations")
			.path("list")
			.valueStream()
			.filter((annotation) -> annotation.has("expr"))
			.map((annotation) -> annotation.path("expr").asString());
		return Stream.concat(panels().stream().flatMap((panel) -> panel.expressions().stream()), annotations)
			.map((expression) -> expression.replace("$__rate_interval", "1m").replace("$instance", ".*"))
			.toList();
	}

	public static List<String> runbookExpressions() {
		return pages().stream()
			.flatMap((page) -> QUERY.matcher(read(page)).results())
			.map((query) -> query.group(1))
			.toList();
	}

	/// The series that the tests of the rules feed.
	static List<String> testedSeries() {
		return list(yaml(RULE_TESTS).get("tests")).stream()
			.flatMap((test) -> list(test.get("input_series")).stream())
			.map((series) -> (String) series.get("series"))
			.toList();
	}

	static List<Expectation> expectations() {
		List<Expectation> expectations = new ArrayList<>();
		Pattern alert = Pattern.compile("alertname=\"(\\w+)\"");
		for (Map<String, ?> test : list(yaml(RULE_TESTS).get("tests"))) {
			for (Map<String, ?> question : list(test.get("promql_expr_test"))) {
				String name = alert.matcher((String) question.get("expr")).results().findFirst().orElseThrow().group(1);
				int minute = Integer.parseInt(((String) question.get("eval_time")).replace("m", ""));
				expectations.add(new Expectation((String) test.get("name"), name, minute,
						!list(question.get("exp_samples")).isEmpty()));
			}
		}
		return expectations;
	}

	static List<Path> pages() {
		try (Stream<Path> files = Files.list(RUNBOOK)) {
			return files.sorted().toList();
		}
		catch (IOException ex) {
			throw new UncheckedIOException(ex);
		}
	}

	static String read(Path file) {
		try {
			return Files.readString(file);
		}
		catch (IOException ex) {
			throw new UncheckedIOException(ex);
		}
	}

	private static Map<String, ?> yaml(Path file) {
		return new Yaml().load(read(file));
	}

	@SuppressWarnings("unchecked")
	private static List<Map<String, ?>> list(Object value) {
		return (List<Map<String, ?>>) value;
	}

	@SuppressWarnings("unchecked")
	private static Map<String, String> texts(Object value) {
		return (Map<String, String>) value;
	}

}
