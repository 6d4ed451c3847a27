package dev.holdfast.simulation;

import java.time.Duration;
import java.time.Instant;
import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;

import dev.holdfast.buffer.SegmentKey;
import dev.holdfast.delivery.Copy;
import dev.holdfast.delivery.Envelope;
import dev.holdfast.delivery.Identity;
import dev.holdfast.ledger.CopyKeys;
import dev.holdfast.ledger.Ledger.CopyKey;

/// Every copy that was ever stored: which attempts may be made, and from when on.
final class Chronicle {

	/// No attempt waits longer, whatever its key says.
	private static final Duration LONGEST = Duration.ofHours(1);

	private static final int CLOSED = Integer.MAX_VALUE;

	/// From when on attempts may be made, by record and attempt.
	private final Map<CopyKey, Instant> due = new HashMap<>();

	/// The attempts that were stored of each run.
	private final Map<String, Set<Integer>> attempts = new HashMap<>();

	/// The first attempt of each record that is not over.
	private final Map<String, Integer> positions = new HashMap<>();

	/// The dead letters of each record.
	private final Map<String, Set<String>> buried = new HashMap<>();

	/// Takes in what was stored.
	/// @param keys those of its copies
	/// @return whether each copy follows from another: what is received begins at the
	/// beginning, and so does a replay, each other copy is one attempt further at most
	boolean add(Stored object, List<CopyKey> keys) {
		SegmentKey segment = SegmentKey.parse(object.key()).orElseThrow();
		boolean follows = true;
		for (int i = 0; i < keys.size(); i++) {
			Copy copy = object.copies().get(i);
			CopyKey key = keys.get(i);
			follows &= follows(segment.folder(), copy, this.attempts.computeIfAbsent(run(key), (_) -> new HashSet<>()));
			add(segment, object.modified(), copy, key);
		}
		return follows;
	}

	private boolean follows(String folder, Copy copy, Set<Integer> stored) {
		int attempt = copy.envelope().attempt();
		boolean follows = switch (folder) {
			case SegmentKey.INBOX -> copy.envelope().run() == 0 && attempt == 0 && copy.envelope().handler() == null;
			case SegmentKey.RETRY ->
				stored.contains(attempt) || ((attempt == 0) ? isReplay(copy) : stored.contains(attempt - 1));
			default -> stored.contains(attempt);
		};
		stored.add(attempt);
		return follows;
	}

	/// Whether it puts back a dead letter for the same handlers.
	private boolean isReplay(Copy copy) {
		Envelope envelope = copy.envelope();
		CopyKey buried = CopyKeys.of(Identity.of(copy.delivery()), new Envelope(envelope.receivedAt(),
				envelope.verifiedBy(), envelope.run() - 1, 0, envelope.handler(), null));
		return this.buried.containsKey(buried.record());
	}

	private void add(SegmentKey segment, Instant stored, Copy copy, CopyKey key) {
		switch (segment.folder()) {
			case SegmentKey.INBOX -> this.due.put(key, Instant.MIN);
			case SegmentKey.RETRY ->
				this.due.merge(key, earlier(segment.time(), stored.plus(LONGEST)), Chronicle::earlier);
			default -> this.buried.computeIfAbsent(key.record(), (_) -> new HashSet<>()).add(segment.objectKey());
		}
		boolean dead = segment.folder().startsWith(SegmentKey.DEAD_LETTER);
		this.positions.merge(key.record(), key.attempt() + (dead ? 1 : 0), Math::max);
		if (copy.envelope().handler() != null && copy.envelope().run() == 0) {
			this.positions.put(run(key), CLOSED);
		}
	}

	private static String run(CopyKey key) {
		int handler = key.record().indexOf('@');
		return (handler < 0) ? key.record() : key.record().substring(0, handler);
	}

	private static Instant earlier(Instant a, Instant b) {
		return a.isBefore(b) ? a : b;
	}

	/// From when on an attempt may be made under one of these records, or null if it may
	/// not.
	Instant due(Collection<String> records, int attempt) {
		return records.stream()
			.map((record) -> this.due.get(new CopyKey(record, attempt)))
			.filter(Objects::nonNull)
			.min(Instant::compareTo)
			.orElse(null);
	}

	/// Whether a later attempt of a record is stored, or its end.
	boolean isOver(String record, int attempt) {
		return this.positions.getOrDefault(record, 0) > attempt;
	}

	/// Whether handlers have parted ways over a delivery.
	boolean isSplit(Copy copy) {
		return this.positions.getOrDefault(run(CopyKeys.of(copy)), 0) == CLOSED;
	}

	/// Whether a dead letter was put back.
	boolean isReplayed(Copy copy) {
		CopyKey replay = CopyKeys.of(copy.with(copy.envelope().replay()));
		return due(List.of(replay.record()), 0) != null;
	}

	/// Whether a delivery is in another dead letter, too.
	boolean isBuriedTwice(Copy copy) {
		return this.buried.getOrDefault(CopyKeys.of(copy).record(), Set.of()).size() > 1;
	}

}
