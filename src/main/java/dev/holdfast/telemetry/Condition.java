package dev.holdfast.telemetry;

/// What can be wrong with a replica while it runs: each is raised and cleared by the part
/// that sees it, shown by `/actuator/health`, logged, and a gauge.
public enum Condition {

	/// The store has not answered this replica since it started.
	STARTING(Severity.OUT_OF_SERVICE),

	/// The store has failed for a moment; the breaker is open and receiving answers 503.
	/// After 30 s of it the replica is out of service.
	STORE_FAILING(Severity.DEGRADED),

	/// The store has failed for 30 s.
	STORE_DOWN(Severity.OUT_OF_SERVICE),

	/// The replica is shutting down.
	DRAINING(Severity.OUT_OF_SERVICE),

	/// Redis does not answer: processing pauses, receiving goes on.
	REDIS_DOWN(Severity.DEGRADED),

	/// Redis answers but may forget: eviction, no persistence, no replica, a missing
	/// Sentinel.
	REDIS_AT_RISK(Severity.NOTICE),

	/// Nothing was verified for 5 minutes while 20 or more were refused: the secret is
	/// likely wrong.
	SIGNATURES_REFUSED(Severity.DEGRADED),

	/// A secret file could not be used; the keys read before stay in force.
	SECRET_UNREADABLE(Severity.DEGRADED),

	/// The bucket keeps deleted versions: payloads stay in it, and are paid for.
	BUCKET_VERSIONED(Severity.NOTICE),

	/// The store's clock and this replica's differ by more than 60 s.
	CLOCK_SKEWED(Severity.NOTICE),

	/// No handler is configured: nothing is claimed, and the inbox grows.
	NO_HANDLER(Severity.DEGRADED),

	/// Half of the handler permits are held by handlers that ignored their deadline:
	/// nothing more is claimed.
	HANDLERS_HUNG(Severity.DEGRADED),

	/// A handler failed 20 times in a row and is paused.
	HANDLER_PAUSED(Severity.DEGRADED),

	/// The bucket belongs to another `holdfast.name`: nothing is processed.
	NAME_CONFLICT(Severity.DEGRADED),

	/// The bucket holds objects that are not segments; they are left alone.
	FOREIGN_OBJECTS(Severity.NOTICE),

	/// A segment has a format version that this release does not know; it is left to
	/// newer replicas. Cleared by a restart, which ends the upgrade.
	UNKNOWN_VERSION(Severity.NOTICE),

	/// The retention sweep would have deleted more than a tenth of the dead letters at
	/// once, and stopped.
	SWEEP_STOPPED(Severity.NOTICE),

	/// Dead letters will be deleted by retention within 6 days.
	DEAD_LETTERS_AGEING(Severity.NOTICE);

	private final Severity severity;

	Condition(Severity severity) {
		this.severity = severity;
	}

	public Severity severity() {
		return this.severity;
	}

	/// What a condition does to the health of the replica.
	public enum Severity {

		/// Health says `UP` and names it.
		NOTICE,

		/// Health says `DEGRADED` with HTTP 200: the replica can still acknowledge.
		DEGRADED,

		/// Health says `OUT_OF_SERVICE` with HTTP 503: the load balancer should go
		/// elsewhere.
		OUT_OF_SERVICE

	}

}
