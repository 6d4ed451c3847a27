package dev.holdfast.deadletter;

import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

import dev.holdfast.delivery.Copy;
import dev.holdfast.ledger.CopyKeys;
import dev.holdfast.ledger.Ledger;
import dev.holdfast.ledger.LedgerException;

/// A ledger that knows what is closed, and nothing else.
final class FakeLedger implements Ledger {

	final Map<String, Closed> records = new HashMap<>();

	boolean available = true;

	void close(Copy copy, Closed closed) {
		this.records.put(CopyKeys.of(copy).record(), closed);
	}

	@Override
	public List<Closed> closed(List<CopyKey> copies) throws LedgerException {
		if (!this.available) {
			throw new LedgerException("no answer");
		}
		return copies.stream().map((copy) -> this.records.getOrDefault(copy.record(), Closed.OPEN)).toList();
	}

	@Override
	public boolean isAvailable() {
		return this.available;
	}

	@Override
	public List<Claim> claim(List<String> segments, String token, Duration lease) {
		throw new UnsupportedOperationException();
	}

	@Override
	public List<Begun> begin(Lease lease, List<CopyKey> copies, boolean claim) {
		throw new UnsupportedOperationException();
	}

	@Override
	public List<Boolean> renew(List<Lease> leases) {
		throw new UnsupportedOperationException();
	}

	@Override
	public List<MarkAnswer> mark(List<Mark> marks, List<Settlement> settlements) {
		throw new UnsupportedOperationException();
	}

	@Override
	public boolean ticket(Duration interval) {
		throw new UnsupportedOperationException();
	}

}
