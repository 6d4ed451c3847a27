package dev.holdfast.container;

import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Collectors;

import dev.holdfast.container.Load.Answer;

/// What is said of many answers.
final class Answers {

	private Answers() {
	}

	/// How many answers had each status.
	static Map<Integer, Long> statuses(List<Answer> answers) {
		return answers.stream().collect(Collectors.groupingBy(Answer::status, TreeMap::new, Collectors.counting()));
	}

	static long median(List<Answer> answers) {
		return answers.stream()
			.mapToLong((answer) -> answer.took().toMillis())
			.sorted()
			.skip(answers.size() / 2)
			.findFirst()
			.orElseThrow();
	}

	static long longest(List<Answer> answers) {
		return answers.stream().mapToLong((answer) -> answer.took().toMillis()).max().orElse(0);
	}

}
