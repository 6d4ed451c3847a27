package dev.holdfast.ledger;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

import dev.holdfast.ledger.Ledger.Begun;
import dev.holdfast.ledger.Ledger.CopyKey;
import dev.holdfast.ledger.Ledger.Lease;

/// `begin.lua`.
final class BeginScript {

	private final LedgerKeys keys;

	private final LedgerScript script;

	private final Duration retention;

	private final UnknownRecords unknown;

	BeginScript(LedgerKeys keys, LedgerScript script, Duration retention, UnknownRecords unknown) {
		this.keys = keys;
		this.script = script;
		this.retention = retention;
		this.unknown = unknown;
	}

	List<Begun> run(Lease lease, List<CopyKey> copies, boolean claim) throws LedgerException {
		List<String> names = new ArrayList<>(
				List.of(this.keys.lease(lease.segment()), this.keys.count(lease.segment())));
		List<String> args = new ArrayList<>(
				List.of(lease.segment(), lease.token(), Millis.of(lease.duration()), claim ? "1" : "0",
						Millis.of(this.retention), LedgerKeys.tag(lease.segment()), this.keys.leasePrefix()));
		for (CopyKey copy : copies) {
			names.add(this.keys.record(copy));
			args.add(Integer.toString(copy.attempt()));
		}
		List<String> lines = this.script.run(names, args);
		List<Begun> begun = new ArrayList<>();
		for (int i = 1; i < lines.size(); i++) {
			begun.add(begun(lines.get(i), copies.get(i - 1), lease));
		}
		return List.copyOf(begun);
	}

	private Begun begun(String line, CopyKey copy, Lease lease) {
		String[] words = line.split(" ");
		return switch (words[0]) {
			case "fresh" -> new Begun.Fresh();
			case "resumed" -> new Begun.Resumed(Integer.parseInt(words[1]));
			case "alone" -> new Begun.Alone();
			case "duplicate" -> new Begun.Duplicate(words[1].equals("same"));
			case "busy" -> new Begun.Busy(Millis.parse(words[1]));
			case "unknown" -> {
				this.unknown.found("begin", copy);
				yield new Begun.Busy(lease.duration());
			}
			default -> throw new IllegalStateException("begin.lua answered " + line);
		};
	}

}
