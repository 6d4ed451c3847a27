package dev.holdfast.simulation;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.BiConsumer;

/// Writes that can be taken back, the last call first: what a replica had not got yet when
/// it was promoted.
final class UndoLog {

	/// How to take back each write, the last one last.
	private final List<Runnable> undo = new ArrayList<>();

	/// How many writes there were before each call.
	private final List<Integer> calls = new ArrayList<>();

	/// A call begins: its writes are replicated, or lost, together.
	void begins() {
		this.calls.add(this.undo.size());
	}

	int calls() {
		return this.calls.size();
	}

	/// Takes back the last calls.
	void takeBack(int last) {
		for (int i = 0; i < last && !this.calls.isEmpty(); i++) {
			int writes = this.calls.removeLast();
			while (this.undo.size() > writes) {
				this.undo.removeLast().run();
			}
		}
	}

	/// Keys of one kind.
	final class Table<V> {

		private final Map<String, V> values = new HashMap<>();

		V get(String key) {
			return this.values.get(key);
		}

		Map<String, V> copy() {
			return Map.copyOf(this.values);
		}

		void forEach(BiConsumer<String, V> action) {
			this.values.forEach(action);
		}

		void put(String key, V value) {
			V before = this.values.put(key, value);
			UndoLog.this.undo.add(() -> restore(key, before));
		}

		void remove(String key) {
			V before = this.values.remove(key);
			if (before != null) {
				UndoLog.this.undo.add(() -> restore(key, before));
			}
		}

		void clear() {
			List.copyOf(this.values.keySet()).forEach(this::remove);
		}

		private void restore(String key, V before) {
			if (before != null) {
				this.values.put(key, before);
			}
			else {
				this.values.remove(key);
			}
		}

	}

}
