package dev.holdfast.system;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/// The meters of a replica, in Prometheus' words.
record Scrape(Map<String, Double> samples) {

	static Scrape parse(String text) {
		Map<String, Double> samples = new LinkedHashMap<>();
		text.lines().filter((line) -> !line.startsWith("#")).forEach((line) -> {
			int end = line.lastIndexOf(' ');
			samples.put(line.substring(0, end), Double.valueOf(line.substring(end + 1)));
		});
		return new Scrape(samples);
	}

	/// The sum over all tags, or over those samples that have all of these:
	/// `result="won"`.
	double sum(String name, String... tags) {
		return this.samples.entrySet()
			.stream()
			.filter((sample) -> sample.getKey().equals(name) || sample.getKey().startsWith(name + "{"))
			.filter((sample) -> List.of(tags).stream().allMatch(sample.getKey()::contains))
			.mapToDouble(Map.Entry::getValue)
			.filter(Double::isFinite)
			.sum();
	}

	double storeRequests(String... tags) {
		return sum("holdfast_store_requests_seconds_count", tags);
	}

}
