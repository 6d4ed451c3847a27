package dev.holdfast.ledger;

import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.MeterRegistry;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

import dev.holdfast.ledger.Ledger.CopyKey;
import dev.holdfast.telemetry.LogKeys;
import dev.holdfast.telemetry.Meters;

/// Raises the alarm over records that this version cannot read. They are left as they are:
/// whatever they mean, waiting loses nothing, and overwriting might.
final class UnknownRecords {

	private static final Logger logger = LoggerFactory.getLogger(UnknownRecords.class);

	private final MeterRegistry meters;

	UnknownRecords(MeterRegistry meters) {
		this.meters = meters;
	}

	void found(String script, CopyKey copy) {
		Counter.builder(Meters.LEDGER_UNKNOWN.id()).tag("script", script).register(this.meters).increment();
		logger.atError()
			.addKeyValue(LogKeys.KEY, copy.record())
			.addKeyValue(LogKeys.ATTEMPT, copy.attempt())
			.log("ledger record of unknown form left alone; its copies wait until it is removed or expires");
	}

}
