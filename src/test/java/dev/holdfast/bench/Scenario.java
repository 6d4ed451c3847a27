package dev.holdfast.bench;

import java.time.Duration;
import java.util.Arrays;
import java.util.Locale;
import java.util.Map;
import java.util.function.BiFunction;

/// What can be measured, each by one word. Every load begins with a warm-up at full load,
/// whose last quarter tells the peak.
enum Scenario {

	SATURATION("full load: each connection sends again at its answer",
			(trial, options) -> trial.load(Load.closed(options.connections(), options.seconds()))),

	RATE1000("1,000/s", (trial, options) -> trial.load(Load.open(1000, 1024, options.seconds()))),

	P99AT70("70 % of the peak", (trial, options) -> trial.load(Load.open(0.7 * trial.peak(), 1024, options.seconds()))),

	STRAGGLERS("70 % of the peak, and 1 % of PUTs take a second",
			(trial, options) -> trial.store(options.store().stragglers(1, Duration.ofSeconds(1)))
				.load(Load.open(0.7 * trial.peak(), 1024, options.seconds()))),

	CAP750("--rate, and the store allows 750 requests/s",
			(trial, options) -> trial.store(options.store().cap(Trial.CAP))
				.load(Load.open(options.rate(), 1024, options.seconds()))),

	OVERLOAD("three times the peak, over 5,000 connections: how late is it, and how fast is what is refused?",
			(trial, options) -> trial.load(Load.open(3 * trial.peak(), 5000, options.seconds()))),

	IDLE_LATENCY("10/s: from the 200 to the effect",
			(trial, options) -> trial.load(Load.open(10, 64, options.seconds()))),

	HALF_LOAD("half of the peak: from the 200 to the effect",
			(trial, options) -> trial.load(Load.open(0.5 * trial.peak(), 1024, options.seconds()))),

	BACKLOG("drains --backlog deliveries in full segments",
			(trial, options) -> trial.drain(options.backlog(), 256, options.store())),

	BACKLOG_SINGLES("drains --singles segments of one delivery",
			(trial, options) -> trial.drain(options.singles(), 1, options.store())),

	BACKLOG_SINGLES_CAP("the same, and the store allows 750 requests/s",
			(trial, options) -> trial.drain(options.singles(), 1, options.store().cap(Trial.CAP))),

	REPLICAS("full load on three replicas, and the store allows 750 requests/s",
			(trial, options) -> trial.replicas(3)
				.store(options.store().cap(Trial.CAP))
				.load(Load.closed(options.connections(), options.seconds())));

	private final String meaning;

	private final BiFunction<Trial, Options, Map<String, Object>> run;

	Scenario(String meaning, BiFunction<Trial, Options, Map<String, Object>> run) {
		this.meaning = meaning;
		this.run = run;
	}

	static Scenario of(String word) {
		return Arrays.stream(values())
			.filter((scenario) -> scenario.word().equals(word))
			.findFirst()
			.orElseThrow(() -> new IllegalArgumentException("No scenario '" + word + "'. See --help."));
	}

	String word() {
		return name().toLowerCase(Locale.ROOT).replace('_', '-');
	}

	String meaning() {
		return this.meaning;
	}

	Map<String, Object> run(Trial trial, Options options) {
		return this.run.apply(trial, options);
	}

}
