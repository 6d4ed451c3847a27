package dev.holdfast.buffer;

import java.time.Duration;
import java.time.Instant;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;

import dev.holdfast.buffer.ObjectStore.Listed;
import dev.holdfast.telemetry.Condition;
import dev.holdfast.telemetry.Conditions;

/// Knows of objects under Holdfast's prefixes that Holdfast did not write. They are left
/// alone and said to be there, until a listing no longer shows them. Young ones are passed
/// over: some stores list an object under another name while it is written.
public final class ForeignObjects {

	private static final Duration YOUNG = Duration.ofMinutes(1);

	private final Conditions conditions;

	private final Map<String, String> found = new ConcurrentHashMap<>();

	public ForeignObjects(Conditions conditions) {
		this.conditions = conditions;
	}

	/// Begins a listing of a folder.
	public Look look(String folder) {
		return new Look(folder);
	}

	/// One listing.
	public final class Look {

		private final String folder;

		private String key = "";

		private Look(String folder) {
			this.folder = folder;
		}

		/// Takes in an object whose key is no segment's.
		public void saw(Listed object, Instant date) {
			if (Duration.between(object.lastModified(), date).compareTo(YOUNG) > 0) {
				this.key = object.key();
			}
		}

		/// Ends the listing.
		public void end() {
			if (this.key.isEmpty()) {
				ForeignObjects.this.found.remove(this.folder);
			}
			else {
				ForeignObjects.this.found.put(this.folder, this.key.replaceAll("[^A-Za-z0-9_./-]", "?"));
			}
			if (ForeignObjects.this.found.isEmpty()) {
				ForeignObjects.this.conditions.clear(Condition.FOREIGN_OBJECTS);
			}
			else {
				ForeignObjects.this.conditions.raise(Condition.FOREIGN_OBJECTS,
						"The bucket holds objects that Holdfast did not write, such as "
								+ ForeignObjects.this.found.values().iterator().next()
								+ ". They are left alone: move them elsewhere");
			}
		}

	}

}
