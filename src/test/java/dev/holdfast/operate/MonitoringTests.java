package dev.holdfast.operate;

import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.stream.Collectors;
import java.util.stream.Stream;

import dev.holdfast.docs.Markdown;
import dev.holdfast.operate.Monitoring.Alert;
import dev.holdfast.operate.Monitoring.Expectation;
import dev.holdfast.operate.Monitoring.Panel;
import dev.holdfast.telemetry.Condition;
import dev.holdfast.telemetry.Conditions;
import dev.holdfast.telemetry.Meters;
import io.micrometer.core.instrument.Meter;
import io.micrometer.prometheusmetrics.PrometheusNamingConvention;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.JsonNode;

import static org.assertj.core.api.Assertions.assertThat;

/// Rules, dashboard and runbook speak of what there is.
class MonitoringTests {

	/// Not ours: what Prometheus knows itself, and what the JVM tells.
	private static final Set<String> FOREIGN = Set.of("up", "ALERTS", "jvm_memory_used_bytes", "jvm_memory_max_bytes",
			"jvm_threads_live_threads", "jvm_gc_pause_seconds_sum", "jvm_gc_pause_seconds_max", "process_cpu_usage",
			"process_files_open_files", "process_uptime_seconds");

	/// What Prometheus adds, and what a histogram has.
	private static final Set<String> ADDED = Set.of("instance", "job", "le");

	/// What Sentinels tell Alertmanager themselves, beside the rules.
	private static final Set<String> SENTINELS = Set.of("RedisPartDown");

	private static final int COLUMNS = 24;

	private final Markdown readme = Markdown.of("README.md");

	private final List<Alert> alerts = Monitoring.alerts();

	@Test
	void nameOnlyMetersThatExist() {
		Set<String> known = new HashSet<>(FOREIGN);
		known.addAll(names().keySet());
		assertThat(everything().flatMap((expression) -> Selector.of(expression).stream()).map(Selector::metric))
			.hasSizeGreaterThan(150)
			.isSubsetOf(known);
	}

	@Test
	void askOnlyForTagsAndValuesThatExist() {
		Map<String, Meters> names = names();
		everything().forEach((expression) -> {
			Set<String> labels = new TreeSet<>(ADDED);
			for (Selector selector : Selector.of(expression)) {
				if (!names.containsKey(selector.metric())) {
					continue;
				}
				List<String> tags = tags(names.get(selector.metric()));
				labels.addAll(tags);
				for (Selector.Matcher matcher : selector.matchers()) {
					assertThat(matcher.label()).as(expression)
						.matches((label) -> ADDED.contains(label) || tags.contains(label));
					values(names.get(selector.metric()), matcher.label())
						.ifPresent((values) -> assertThat(matcher.values()).as(expression)
							.allMatch((asked) -> values.stream().anyMatch((value) -> value.matches(asked))));
				}
			}
			if (expression.contains("holdfast_")) {
				assertThat(labels).as(expression).containsAll(Selector.grouping(expression));
			}
		});
	}

	@Test
	void showEveryMeter() {
		Map<String, Meters> names = names();
		assertThat(Monitoring.dashboardExpressions()
			.stream()
			.flatMap((expression) -> Selector.of(expression).stream())
			.map((selector) -> names.get(selector.metric()))).contains(Meters.values());
	}

	@Test
	void sayOfEachAlertWhatItMeansAndWhereToRead() {
		assertThat(this.alerts).extracting(Alert::name).doesNotHaveDuplicates().hasSizeGreaterThan(20);
		assertThat(this.alerts).allSatisfy((alert) -> {
			assertThat(alert.labels().get("severity")).isIn("page", "ticket");
			assertThat(alert.labels()).containsEntry("service", "holdfast");
			assertThat(alert.annotations()).containsOnlyKeys("summary", "description", "runbook_url")
				.containsEntry("runbook_url", "docs/runbook/" + alert.name() + ".md");
			assertThat(alert.annotations().get("summary")).hasSizeBetween(20, 100);
			assertThat(alert.annotations().get("description")).hasSizeBetween(40, 250).endsWith(".");
		});
	}

	@Test
	void haveAPageForEachAlertAndNoOther() {
		assertThat(Monitoring.pages()).extracting((page) -> page.getFileName().toString())
			.containsExactlyInAnyOrderElementsOf(
					Stream.concat(this.alerts.stream().map(Alert::name), SENTINELS.stream())
						.map((name) -> name + ".md")
						.toList());
		assertThat(this.alerts)
			.allSatisfy((alert) -> assertThat(Monitoring.read(Monitoring.RUNBOOK.resolve(alert.name() + ".md")))
				.startsWith(
						"# %s\n\nSeverity: %s.\n\n## Meaning\n".formatted(alert.name(), alert.labels().get("severity")))
				.containsSubsequence("\n## Likely causes\n\n- ", "\n## First commands\n", "\n```bash\n"));
	}

	@Test
	void areTheAlertsOfTheReadme() {
		assertThat(this.readme.rows("alert")).extracting((row) -> row.get(0) + " " + row.get(1))
			.containsExactlyElementsOf(this.alerts.stream()
				.map((alert) -> "[%1$s](docs/runbook/%1$s.md) %2$s".formatted(alert.name(),
						alert.labels().get("severity")))
				.toList());
	}

	@Test
	void areShownToFireAndThenToClear() {
		List<Expectation> all = Monitoring.expectations();
		Set<String> shown = all.stream()
			.filter(Expectation::fires)
			.filter((fires) -> all.stream()
				.anyMatch((later) -> later.test().equals(fires.test()) && later.alert().equals(fires.alert())
						&& later.minute() > fires.minute() && !later.fires()))
			.map(Expectation::alert)
			.collect(Collectors.toSet());
		assertThat(shown).containsExactlyInAnyOrderElementsOf(this.alerts.stream().map(Alert::name).toList());
	}

	@Test
	void arrangePanelsThatGrafanaCanShow() {
		List<Panel> panels = Monitoring.panels();
		assertThat(panels).extracting(Panel::id).doesNotHaveDuplicates();
		Set<List<Integer>> taken = new HashSet<>();
		for (Panel panel : panels) {
			JsonNode at = panel.json().path("gridPos");
			assertThat(at.path("x").asInt() + at.path("w").asInt()).as(panel.title()).isBetween(1, COLUMNS);
			for (int x = at.path("x").asInt(); x < at.path("x").asInt() + at.path("w").asInt(); x++) {
				for (int y = at.path("y").asInt(); y < at.path("y").asInt() + at.path("h").asInt(); y++) {
					assertThat(taken.add(List.of(x, y))).as("the place of %s", panel.title()).isTrue();
				}
			}
			if (!panel.type().equals("row")) {
				assertThat(panel.type()).isIn("stat", "timeseries", "state-timeline");
				assertThat(panel.json().path("description").asString()).as(panel.title()).isNotBlank();
				assertThat(panel.json().at("/fieldConfig/defaults/unit").asString()).as(panel.title()).isNotBlank();
				assertThat(panel.expressions()).as(panel.title()).isNotEmpty().doesNotContain("");
				assertThat(panel.json().path("targets").valueStream().map((target) -> target.path("refId").asString()))
					.doesNotHaveDuplicates();
				assertThat(panel.json().findValuesAsString("uid")).containsOnly("${datasource}");
			}
		}
	}

	/// Alerts that a text points to are there.
	@Test
	void spellAlertsRightOnTheDashboard() {
		Set<String> names = this.alerts.stream().map(Alert::name).collect(Collectors.toSet());
		Monitoring.panels()
			.forEach((panel) -> assertThat(Stream.of(panel.json().path("description").asString().split("\\W+"))
				.filter((word) -> word.matches("[A-Z][a-z0-9]+[A-Z]\\w+"))).as(panel.title())
				.isSubsetOf(withUnits(names)));
	}

	private static Set<String> withUnits(Set<String> names) {
		Set<String> all = new HashSet<>(names);
		all.add("MiB");
		return all;
	}

	private static Stream<String> everything() {
		return Stream
			.of(Monitoring.ruleExpressions(), Monitoring.testedSeries(), Monitoring.dashboardExpressions(),
					Monitoring.runbookExpressions())
			.flatMap(List::stream);
	}

	/// What our meters may be called in Prometheus.
	private static Map<String, Meters> names() {
		PrometheusNamingConvention convention = new PrometheusNamingConvention();
		Map<String, Meters> names = new TreeMap<>();
		for (Meters meter : Meters.values()) {
			names.put(convention.name(meter.id(), Meter.Type.GAUGE, null), meter);
			names.put(convention.name(meter.id(), Meter.Type.COUNTER, null) + "_total", meter);
			for (Meter.Type type : List.of(Meter.Type.TIMER, Meter.Type.DISTRIBUTION_SUMMARY)) {
				Stream.of("_count", "_sum", "_max", "_bucket")
					.forEach((suffix) -> names.put(convention.name(meter.id(), type, null) + suffix, meter));
			}
		}
		return names;
	}

	private List<String> tags(Meters meter) {
		String cell = this.readme.rows("meter")
			.stream()
			.filter((row) -> Markdown.plain(row.get(0)).equals(meter.id()))
			.map((row) -> (row.size() > 2) ? Markdown.plain(row.get(2)) : "")
			.findFirst()
			.orElseThrow();
		return Arrays.stream(cell.split(",")).map(String::strip).filter((tag) -> !tag.isEmpty()).toList();
	}

	/// What a tag can be, where there is a list of it.
	private Optional<List<String>> values(Meters meter, String tag) {
		if (meter == Meters.CONDITION && tag.equals("condition")) {
			return Optional.of(Arrays.stream(Condition.values()).map(Conditions::tag).toList());
		}
		if (meter == Meters.REFUSED && tag.equals("reason")) {
			return Optional.of(this.readme.rows("status").stream().map((row) -> Markdown.plain(row.get(1))).toList());
		}
		return tag.equals("prefix") ? Optional.of(List.of("inbox", "retry", "dead-letter")) : Optional.empty();
	}

}
