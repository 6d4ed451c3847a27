package dev.holdfast.ledger;

import java.nio.charset.StandardCharsets;
import java.util.HexFormat;

import dev.holdfast.delivery.Sha256;
import dev.holdfast.ledger.Ledger.CopyKey;

/// The names of all Redis keys; [RedisLedger] says what they hold.
record LedgerKeys(String name) {

	private static final int TAG_BYTES = 4;

	String record(CopyKey copy) {
		return this.name + ":d:" + copy.record();
	}

	String lease(String segment) {
		return leasePrefix() + segment;
	}

	/// What precedes a segment in the key of its lease. The scripts build that key
	/// themselves from the owner that a record names, which Redis Cluster would not
	/// allow.
	String leasePrefix() {
		return this.name + ":s:";
	}

	String count(String segment) {
		return this.name + ":c:" + segment;
	}

	String ticket() {
		return this.name + ":poll";
	}

	String probe() {
		return this.name + ":probe";
	}

	/// Names a segment within a record, in 8 hex digits. Two segments that share a tag,
	/// one pair in 4 billion, cost a duplicate that is not counted.
	static String tag(String segment) {
		byte[] hash = Sha256.of(segment.getBytes(StandardCharsets.UTF_8));
		return HexFormat.of().formatHex(hash, 0, TAG_BYTES);
	}

}
