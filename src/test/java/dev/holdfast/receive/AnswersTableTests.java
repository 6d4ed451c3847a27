package dev.holdfast.receive;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;

import dev.holdfast.docs.Markdown;
import org.junit.jupiter.api.Test;

import org.springframework.mock.web.MockHttpServletResponse;

import static org.assertj.core.api.Assertions.assertThat;

/// The README's answers are those that are given.
class AnswersTableTests {

	@Test
	void saysEveryAnswerAsItIsGiven() throws IOException {
		List<String> given = new ArrayList<>();
		for (Answer answer : Answer.values()) {
			MockHttpServletResponse response = new MockHttpServletResponse();
			answer.writeTo(response);
			given.add(response.getStatus() + " | `" + answer.reason() + "` | " + response.getContentAsString());
		}
		assertThat(Markdown.of("README.md").rows("status")).filteredOn((row) -> row.getFirst().matches("\\d+"))
			.allMatch((row) -> row.get(3).length() > 10)
			.extracting((row) -> String.join(" | ", row.subList(0, 3)))
			.containsExactlyElementsOf(given);
	}

}
