package dev.holdfast.ledger;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

import dev.holdfast.ledger.Ledger.Claim;

/// `claim.lua`.
final class ClaimScript {

	private static final Duration COUNT_KEPT = Duration.ofDays(1);

	private final LedgerKeys keys;

	private final LedgerScript script;

	ClaimScript(LedgerKeys keys, LedgerScript script) {
		this.keys = keys;
		this.script = script;
	}

	List<Claim> run(List<String> segments, String token, Duration lease) throws LedgerException {
		if (segments.isEmpty()) {
			return List.of();
		}
		List<String> names = new ArrayList<>();
		segments.forEach((segment) -> names.add(this.keys.lease(segment)));
		segments.forEach((segment) -> names.add(this.keys.count(segment)));
		List<String> lines = this.script.run(names, List.of(token, Millis.of(lease), Millis.of(COUNT_KEPT)));
		return lines.stream().map(ClaimScript::claim).toList();
	}

	private static Claim claim(String line) {
		String[] words = line.split(" ");
		return switch (words[0]) {
			case "claimed" -> new Claim.Claimed(Integer.parseInt(words[1]), words[2].equals("revisited"));
			case "settled" -> new Claim.Settled();
			case "busy" -> new Claim.Busy(Millis.parse(words[1]));
			default -> throw new IllegalStateException("claim.lua answered " + line);
		};
	}

}
