package dev.holdfast.telemetry;

/// The keys of structured log lines. Nothing from a payload, no secret and no signature is
/// ever a value.
public final class LogKeys {

	public static final String TOPIC = "topic";

	public static final String SHOP = "shop";

	public static final String DELIVERY_ID = "deliveryId";

	public static final String HANDLER = "handler";

	public static final String ATTEMPT = "attempt";

	public static final String RUN = "run";

	public static final String OUTCOME = "outcome";

	public static final String REASON = "reason";

	public static final String DURATION_MS = "durationMs";

	public static final String AGE_MS = "ageMs";

	public static final String BYTES = "bytes";

	public static final String COUNT = "count";

	public static final String SEGMENT = "segment";

	public static final String KEY = "key";

	public static final String CONDITION = "condition";

	public static final String DETAIL = "detail";

	public static final String SETTING = "setting";

	private LogKeys() {
	}

}
