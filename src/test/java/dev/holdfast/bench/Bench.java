package dev.holdfast.bench;

import java.io.IOException;
import java.io.PrintStream;
import java.nio.file.Path;
import java.time.LocalDateTime;
import java.time.format.DateTimeFormatter;
import java.util.List;
import java.util.Map;

/// Runs scenarios, and fails where an acknowledged delivery did not have its effect exactly
/// once.
final class Bench {

	/// Not static: `spring-boot:test-run` looks for the one class that has a static one.
	void main(String[] arguments) throws IOException {
		if (List.of(arguments).contains("--help")) {
			System.out.print(Options.usage());
			return;
		}
		try {
			System.exit(run(Options.parse(arguments), System.out, System.err) ? 0 : 1);
		}
		catch (IllegalArgumentException ex) {
			System.err.println(ex.getMessage());
			System.exit(2);
		}
	}

	/// @return whether each acknowledged delivery had its effect exactly once
	static boolean run(Options options, PrintStream out, PrintStream err) throws IOException {
		Report report = new Report();
		Payloads payloads = new Payloads();
		for (int rep = 1; rep <= options.reps(); rep++) {
			for (Scenario scenario : options.scenarios()) {
				Progress progress = new Progress(err, scenario.word() + " " + rep + "/" + options.reps());
				try (Trial trial = new Trial(options, payloads, progress)) {
					Map<String, Object> figures = scenario.run(trial, options);
					report.add(scenario, figures);
					progress.say("done, missing " + figures.get(Figures.MISSING) + ", repeated "
							+ figures.get(Figures.REPEATED));
				}
			}
		}
		Path json = options
			.json(LocalDateTime.now().format(DateTimeFormatter.ofPattern("yyyyMMdd'T'HHmmss")) + ".json");
		report.write(json, options);
		out.println(report.tables());
		List<String> broken = report.broken();
		out.println(broken.isEmpty() ? "Every acknowledged delivery had its effect exactly once."
				: "NOT exactly once: " + String.join(", ", broken));
		out.println("All figures: " + json);
		return broken.isEmpty();
	}

}
