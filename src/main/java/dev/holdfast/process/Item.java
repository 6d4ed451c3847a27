package dev.holdfast.process;

import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;

import dev.holdfast.delivery.Copy;
import dev.holdfast.ledger.CopyKeys;
import dev.holdfast.ledger.Ledger.CopyKey;
import dev.holdfast.ledger.Ledger.MarkAnswer;
import org.jspecify.annotations.Nullable;

/// A delivery of a segment while it is worked on. Equal deliveries of one segment are one
/// item and share its fate.
final class Item {

	private final CopyKey key;

	private final Copy copy;

	private final int times;

	private volatile @Nullable Verdict verdict;

	private volatile @Nullable CompletableFuture<List<MarkAnswer>> marked;

	private Item(CopyKey key, Copy copy, int times) {
		this.key = key;
		this.copy = copy;
		this.times = times;
	}

	/// The deliveries of a segment. Of copies of one record that wait for different
	/// attempts the furthest stands for all: the others are behind it, and duplicates.
	static List<Item> of(List<Copy> copies) {
		Map<String, Item> items = new LinkedHashMap<>();
		for (Copy copy : copies) {
			CopyKey key = CopyKeys.of(copy);
			items.merge(key.record(), new Item(key, copy, 1), Item::with);
		}
		return new ArrayList<>(items.values());
	}

	static List<CopyKey> keys(Collection<Item> items) {
		return items.stream().map(Item::key).toList();
	}

	private Item with(Item other) {
		Item further = (other.key.attempt() > this.key.attempt()) ? other : this;
		return new Item(further.key, further.copy, this.times + other.times);
	}

	CopyKey key() {
		return this.key;
	}

	Copy copy() {
		return this.copy;
	}

	/// How often it is in the segment.
	int times() {
		return this.times;
	}

	/// Whether it is what Shopify sent, rather than a copy that processing made.
	boolean isOriginal() {
		return this.copy.envelope().run() == 0 && this.copy.envelope().attempt() == 0
				&& this.copy.envelope().handler() == null;
	}

	@Nullable Verdict verdict() {
		return this.verdict;
	}

	void decide(Verdict verdict) {
		this.verdict = verdict;
	}

	@Nullable CompletableFuture<List<MarkAnswer>> marked() {
		return this.marked;
	}

	void mark(CompletableFuture<List<MarkAnswer>> answer) {
		this.marked = answer;
	}

}
