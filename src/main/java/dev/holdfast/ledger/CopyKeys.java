package dev.holdfast.ledger;

import dev.holdfast.delivery.Copy;
import dev.holdfast.delivery.Envelope;
import dev.holdfast.delivery.Identity;
import dev.holdfast.ledger.Ledger.CopyKey;

/// How the ledger knows a copy: by its identity and its run, and by the handler it is for
/// if it is for one alone.
public final class CopyKeys {

	private CopyKeys() {
	}

	public static CopyKey of(Copy copy) {
		return of(Identity.of(copy.delivery()), copy.envelope());
	}

	public static CopyKey of(Identity identity, Envelope envelope) {
		String handler = envelope.handler();
		return new CopyKey(identity.value() + "#" + envelope.run() + ((handler != null) ? "@" + handler : ""),
				envelope.attempt());
	}

	/// What handlers get: the same for every attempt of a run.
	public static String idempotencyKey(CopyKey key) {
		int handler = key.record().indexOf('@');
		return (handler < 0) ? key.record().replace('#', '.') : key.record().substring(0, handler).replace('#', '.');
	}

}
