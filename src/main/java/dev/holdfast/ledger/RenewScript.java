package dev.holdfast.ledger;

import java.util.ArrayList;
import java.util.List;

import dev.holdfast.ledger.Ledger.Lease;

/// `renew.lua`.
final class RenewScript {

	private final LedgerKeys keys;

	private final LedgerScript script;

	RenewScript(LedgerKeys keys, LedgerScript script) {
		this.keys = keys;
		this.script = script;
	}

	List<Boolean> run(List<Lease> leases) throws LedgerException {
		if (leases.isEmpty()) {
			return List.of();
		}
		List<String> names = new ArrayList<>();
		List<String> args = new ArrayList<>();
		for (Lease lease : leases) {
			names.add(this.keys.lease(lease.segment()));
			args.add(lease.token());
			args.add(Millis.of(lease.duration()));
		}
		return this.script.run(names, args).stream().map("held"::equals).toList();
	}

}
