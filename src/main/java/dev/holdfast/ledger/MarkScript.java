package dev.holdfast.ledger;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

import dev.holdfast.ledger.Ledger.CopyKey;
import dev.holdfast.ledger.Ledger.Lease;
import dev.holdfast.ledger.Ledger.Mark;
import dev.holdfast.ledger.Ledger.MarkAnswer;
import dev.holdfast.ledger.Ledger.Settlement;

/// `mark.lua`.
final class MarkScript {

	private static final Duration LATER_KEPT = Duration.ofDays(1);

	private final LedgerKeys keys;

	private final LedgerScript script;

	private final Duration retention;

	private final UnknownRecords unknown;

	MarkScript(LedgerKeys keys, LedgerScript script, Duration retention, UnknownRecords unknown) {
		this.keys = keys;
		this.script = script;
		this.retention = retention;
		this.unknown = unknown;
	}

	List<MarkAnswer> run(List<Mark> marks, List<Settlement> settlements) throws LedgerException {
		if (marks.isEmpty() && settlements.isEmpty()) {
			return List.of();
		}
		List<String> names = new ArrayList<>();
		List<String> args = new ArrayList<>(List.of(Integer.toString(marks.size()), Millis.of(this.retention),
				this.keys.leasePrefix(), Millis.of(LATER_KEPT)));
		for (Mark mark : marks) {
			Lease owner = mark.owner();
			names.add(this.keys.record(mark.copy()));
			args.addAll(List.of(mark.kind().name(), Integer.toString(mark.copy().attempt()), owner.segment(),
					owner.token(), LedgerKeys.tag(owner.segment())));
		}
		for (Settlement settlement : settlements) {
			Lease lease = settlement.lease();
			names.add(this.keys.lease(lease.segment()));
			names.add(this.keys.count(lease.segment()));
			args.addAll(List.of(settlement.kind().name(), lease.token(), Millis.of(settlement.time())));
		}
		List<String> lines = this.script.run(names, args);
		List<MarkAnswer> answers = new ArrayList<>();
		for (int i = 0; i < lines.size(); i++) {
			answers.add(answer(lines.get(i), marks.get(i).copy()));
		}
		return List.copyOf(answers);
	}

	private MarkAnswer answer(String line, CopyKey copy) {
		return switch (line) {
			case "ok" -> MarkAnswer.OK;
			case "late" -> MarkAnswer.LATE;
			case "stolen" -> MarkAnswer.STOLEN;
			case "already" -> MarkAnswer.ALREADY;
			case "unknown" -> {
				this.unknown.found("mark", copy);
				yield MarkAnswer.ALREADY;
			}
			default -> throw new IllegalStateException("mark.lua answered " + line);
		};
	}

}
