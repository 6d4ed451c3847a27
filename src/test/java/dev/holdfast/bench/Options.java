package dev.holdfast.bench;

import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/// What was asked for on the command line.
final class Options {

	static final Path TARGET = Path.of("target", "bench");

	private static final String USAGE = """
			bench/run [scenario…] [option…]

			Scenarios; without any, all in this order:
			%s
			Options:
			  --seconds N          measured seconds of a load (20)
			  --reps N             repetitions, each with everything started anew; the table shows medians (1)
			  --warmup N           seconds of full load before (45)
			  --warmup-requests N  ends the warm-up after so many accepted requests
			  --delay MS           of each store operation (20)
			  --jitter SHARE       of the delay, exponential about the same mean (0)
			  --rate N             of the scenario cap750, in webhooks per second (4000)
			  --peak N             webhooks per second to take shares of, in place of what the warm-up reached
			  --connections N      of closed loops (256)
			  --backlog N          deliveries in full segments (100000)
			  --singles N          segments of one delivery (10000)
			  --heap SIZE          of a replica that receives (512m); one that only drains has 256m
			  --jvm OPTION         one more option for the service's JVM; may be repeated
			  --set NAME=VALUE     a setting of the service; may be repeated
			  --json FILE          where results go (target/bench/<time>.json)
			  --smoke              everything tiny: does it run?

			BENCH_JAR=FILE measures another packaged service in place of this build.
			""";

	private final Map<String, String> values = new LinkedHashMap<>();

	private final List<Scenario> scenarios = new ArrayList<>();

	private final List<String> jvm = new ArrayList<>();

	private final Map<String, String> properties = new LinkedHashMap<>();

	private Options() {
	}

	static String usage() {
		StringBuilder list = new StringBuilder();
		for (Scenario scenario : Scenario.values()) {
			list.append("  %-21s%s%n".formatted(scenario.word(), scenario.meaning()));
		}
		return USAGE.formatted(list);
	}

	/// @throws IllegalArgumentException that says what cannot be understood
	static Options parse(String... arguments) {
		Options options = new Options();
		for (int i = 0; i < arguments.length; i++) {
			String argument = arguments[i];
			if (!argument.startsWith("--")) {
				options.scenarios.add(Scenario.of(argument));
			}
			else if (argument.equals("--smoke")) {
				options.smoke();
			}
			else if (!USAGE.contains("  " + argument + " ") || ++i == arguments.length) {
				throw new IllegalArgumentException("What is '" + argument + "'? See --help.");
			}
			else {
				options.put(argument, arguments[i]);
			}
		}
		return options;
	}

	private void put(String name, String value) {
		switch (name) {
			case "--jvm" -> this.jvm.add(value);
			case "--set" -> {
				String[] pair = value.split("=", 2);
				if (pair.length < 2) {
					throw new IllegalArgumentException("--set takes NAME=VALUE, not '" + value + "'");
				}
				this.properties.put(pair[0], pair[1]);
			}
			default -> this.values.put(name, value);
		}
	}

	private void smoke() {
		List.of("--seconds", "--warmup").forEach((name) -> this.values.putIfAbsent(name, "1"));
		this.values.putIfAbsent("--rate", "200");
		this.values.putIfAbsent("--peak", "100");
		this.values.putIfAbsent("--backlog", "2000");
		this.values.putIfAbsent("--singles", "200");
		this.jvm.addAll(List.of("-XX:TieredStopAtLevel=1", "-XX:+UseSerialGC"));
	}

	List<Scenario> scenarios() {
		return this.scenarios.isEmpty() ? Arrays.asList(Scenario.values()) : this.scenarios;
	}

	Duration seconds() {
		return Duration.ofMillis((long) (1000 * number("--seconds", 20)));
	}

	int reps() {
		return (int) number("--reps", 1);
	}

	Duration warmUp() {
		return Duration.ofMillis((long) (1000 * number("--warmup", 45)));
	}

	int warmUpRequests() {
		return (int) number("--warmup-requests", Integer.MAX_VALUE);
	}

	StubStore.Settings store() {
		Duration delay = Duration.ofNanos((long) (1e6 * number("--delay", 20)));
		return new StubStore.Settings(delay, number("--jitter", 0), 0, Duration.ZERO, 0);
	}

	double rate() {
		return number("--rate", 4000);
	}

	/// Webhooks per second to take shares of; 0 to measure it.
	double peak() {
		return number("--peak", 0);
	}

	int connections() {
		return (int) number("--connections", 256);
	}

	int backlog() {
		return (int) number("--backlog", 100_000);
	}

	int singles() {
		return (int) number("--singles", 10_000);
	}

	String heap() {
		return this.values.getOrDefault("--heap", "512m");
	}

	List<String> jvm() {
		return this.jvm;
	}

	Map<String, String> properties() {
		return this.properties;
	}

	Path json(String fallback) {
		return Path.of(this.values.getOrDefault("--json", TARGET.resolve(fallback).toString()));
	}

	/// As they were given, for the record.
	Map<String, Object> given() {
		Map<String, Object> given = new LinkedHashMap<>(this.values);
		given.put("--jvm", this.jvm);
		given.put("--set", this.properties);
		return given;
	}

	private double number(String name, double fallback) {
		String value = this.values.get(name);
		try {
			return (value == null) ? fallback : Double.parseDouble(value);
		}
		catch (NumberFormatException ex) {
			throw new IllegalArgumentException(name + " takes a number, not '" + value + "'", ex);
		}
	}

}
