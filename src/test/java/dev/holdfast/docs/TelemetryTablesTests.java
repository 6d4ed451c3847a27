package dev.holdfast.docs;

import java.util.Arrays;

import dev.holdfast.telemetry.Condition;
import dev.holdfast.telemetry.Condition.Severity;
import dev.holdfast.telemetry.Conditions;
import dev.holdfast.telemetry.Meters;
import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;

/// The README's meters and conditions are those of the code.
class TelemetryTablesTests {

	private final Markdown readme = Markdown.of("README.md");

	@Test
	void saysOfEachMeterWhatTheCodeSays() {
		assertThat(this.readme.rows("meter")).extracting((row) -> row.get(0) + " | " + row.get(1))
			.containsExactlyElementsOf(Arrays.stream(Meters.values())
				.map((meter) -> "`" + meter.id() + "` | " + meter.meaning())
				.toList());
	}

	@Test
	void saysWhatEachConditionDoesToHealth() {
		assertThat(this.readme.rows("condition")).extracting((row) -> row.get(0) + " | " + row.get(1))
			.containsExactlyElementsOf(Arrays.stream(Condition.values())
				.map((condition) -> "`" + Conditions.tag(condition) + "` | `" + status(condition.severity()) + "`")
				.toList());
		assertThat(this.readme.rows("condition")).allMatch((row) -> row.get(2).length() > 10);
	}

	private static String status(Severity severity) {
		return switch (severity) {
			case NOTICE -> "UP";
			case DEGRADED -> "DEGRADED";
			case OUT_OF_SERVICE -> "OUT_OF_SERVICE";
		};
	}

}
