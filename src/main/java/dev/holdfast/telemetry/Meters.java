package dev.holdfast.telemetry;

/// Every meter, with its meaning. The README's table is checked against this list.
///
/// Two sums hold over all replicas, counters of ended replicas included: `received =
/// accepted + refused` and `accepted + split + replayed = handled + duplicate + dead +
/// waiting`. A second sighting of a copy that is already settled counts as nothing.
public enum Meters {

	/// Requests to `/webhook` that were answered.
	RECEIVED("holdfast.deliveries.received", "Requests to /webhook that were answered"),

	/// Deliveries answered with 200. Tags: none.
	ACCEPTED("holdfast.deliveries.accepted", "Deliveries stored and answered with 200"),

	/// Requests answered with anything else. Tag: `reason`.
	REFUSED("holdfast.deliveries.refused",
			"Requests refused, by reason. Alert: `too-large` twice in an hour, any `topic-missing`, a share of `signature-wrong`"),

	/// Deliveries that every handler handled.
	HANDLED("holdfast.deliveries.handled", "Deliveries handled"),

	/// Deliveries that were handled or begun before under another copy.
	DUPLICATE("holdfast.deliveries.duplicate",
			"Deliveries dropped because their effect was had, or will be, by another"),

	/// Deliveries moved to the dead letters. Tag: `reason`.
	DEAD("holdfast.deliveries.dead", "Deliveries moved to the dead letters, by reason. Alert: any"),

	/// Additional copies made because the handlers of a delivery parted ways.
	SPLIT("holdfast.deliveries.split", "Copies added because the handlers of one delivery ended differently"),

	/// Dead letters put back by an operator.
	REPLAYED("holdfast.deliveries.replayed", "Dead letters put back to be processed again"),

	/// Dead letters discarded. Tag: `reason`.
	DISCARDED("holdfast.deliveries.discarded", "Dead letters discarded, by an operator or by retention"),

	/// From the last header byte to the answer, for deliveries answered with 200.
	ACCEPT_DURATION("holdfast.receive.duration", "From the headers to the 200; Shopify waits 5 s. Alert: p99 over 2 s"),

	/// Connections closed at a first byte for which the heap had no room.
	CLOSED("holdfast.receive.closed",
			"Connections closed unanswered because for a second as many requests were under way as the heap has room for. Alert: any"),

	/// Verified deliveries by the key that verified. Tag: `key`.
	VERIFIED("holdfast.receive.verified", "Verified deliveries by key: tells when a rotated secret is out of use"),

	/// Requests being received now.
	RECEIVING("holdfast.receive.active", "Requests being received now"),

	/// Body bytes held by requests being received now.
	RECEIVING_BYTES("holdfast.receive.bytes", "Bytes reserved by requests being received now"),

	/// Deliveries per PUT.
	BATCH("holdfast.buffer.batch", "Deliveries per stored segment"),

	/// Requests to the object store. Tags: `operation`, `outcome`.
	STORE_REQUESTS("holdfast.store.requests",
			"Requests to the object store, with their duration, and the repeats of one as one. Their count is what the provider bills and limits"),

	/// Deliveries waiting, as the last LIST saw them. Tag: `prefix`.
	WAITING("holdfast.waiting.deliveries", "Deliveries in the bucket as last listed, by prefix"),

	/// Bytes waiting, as the last LIST saw them. Tag: `prefix`.
	WAITING_BYTES("holdfast.waiting.bytes", "Bytes in the bucket as last listed, by prefix"),

	/// Age of the oldest object. Tag: `prefix`.
	OLDEST("holdfast.waiting.oldest", "Age of the oldest object as last listed, in seconds. Alert: inbox over 300"),

	/// Claims tried. Tag: `result`.
	CLAIMS("holdfast.claims", "Claims of segments by result; lost ones are wasted work"),

	/// Segments offered by the hand-off. Tag: `result`.
	HANDOFF("holdfast.handoff", "Segments offered straight from memory, by what became of it"),

	/// Attempts. Tags: `handler`, `outcome`.
	ATTEMPTS("holdfast.attempts", "Attempts by handler and outcome, with their duration"),

	/// From the receipt of a delivery to the end of its handling.
	LATENCY("holdfast.process.latency", "From receipt to handled"),

	/// Marks by the ledger's answer. Tag: `answer`.
	MARKS("holdfast.marks", "Marks by the ledger's answer; `late` and `stolen` are repeats. Alert: `stolen`"),

	/// Handlers that run on past their deadline.
	HUNG("holdfast.handlers.hung", "Handlers that run on although their deadline has passed. Alert: over 0 for 5 min"),

	/// Keys whose DELETE the store refused.
	DELETES_REFUSED("holdfast.deletes.refused", "Keys that the store refused to delete; they are tried again"),

	/// Objects that are not segments or do not say what their key says. Tag: `kind`.
	CORRUPT("holdfast.segments.corrupt", "Objects found corrupt, foreign, or of an unknown version. Alert: any"),

	/// Redis scripts. Tags: `script`, `outcome`.
	REDIS("holdfast.redis.scripts", "Redis scripts run, with their duration"),

	/// Connections to Redis given up by the watchdog. Tag: `cause`.
	REDIS_RESETS("holdfast.redis.resets", "Redis connections reset by the watchdog"),

	/// Share of `maxmemory` that Redis uses.
	REDIS_MEMORY("holdfast.redis.memory",
			"Share of its maxmemory that Redis uses, from 0 to 1, looked at once a minute. Alert: over 0.8"),

	/// How often another Redis process answered than the one before.
	REDIS_FAILOVERS("holdfast.redis.failovers",
			"Times that another Redis process answered than before: a failover, or a restart. Alert: any"),

	/// Records of the ledger that this version cannot read. Tag: `script`.
	LEDGER_UNKNOWN("holdfast.ledger.unknown",
			"Ledger records in a form this version does not know; their copies wait. Alert: any"),

	/// 1 while a condition holds. Tag: `condition`.
	CONDITION("holdfast.condition", "1 while the condition holds, else 0. Alert: any for 5 min");

	private final String id;

	private final String meaning;

	Meters(String id, String meaning) {
		this.id = id;
		this.meaning = meaning;
	}

	/// The meter's name, dotted.
	public String id() {
		return this.id;
	}

	public String meaning() {
		return this.meaning;
	}

}
