package dev.holdfast.oracle;

import java.util.List;
import java.util.Map;

import dev.holdfast.oracle.Oracle.Tally;

/// What became of everything that was sent.
///
/// @param requests how many attempts clients made
/// @param acknowledged how many deliveries were answered with 200
/// @param effects how many effects were had
/// @param repeats how many of them had been had before
/// @param kept how many parts need not be handled any more
/// @param lost what was owed, and neither handled nor kept
/// @param unexpected what was handled and never sent, or with another body
/// @param unattributed repeats that no window explains
/// @param windows what happened in each window
public record Judgement(int requests, long acknowledged, int effects, int repeats, int kept, List<String> lost,
		List<String> unexpected, List<String> unattributed, Map<String, Tally> windows) {

	public boolean isClean() {
		return this.lost.isEmpty() && this.unexpected.isEmpty() && this.unattributed.isEmpty();
	}

	/// What is wrong, each kind with its first examples.
	public String problems() {
		return problem("lost", this.lost) + problem("unexpected", this.unexpected)
				+ problem("repeats that no window explains", this.unattributed);
	}

	private static String problem(String what, List<String> which) {
		return which.isEmpty() ? ""
				: what + " " + which.size() + ": " + which.subList(0, Math.min(5, which.size())) + " ";
	}

	/// The totals, in one line.
	@Override
	public String toString() {
		return "%d requests, %d acknowledged, %d effects, %d kept, lost %d, unexpected %d, repeats %d, unattributed %d"
			.formatted(this.requests, this.acknowledged, this.effects, this.kept, this.lost.size(),
					this.unexpected.size(), this.repeats, this.unattributed.size());
	}

}
