package dev.holdfast.oracle;

import org.jspecify.annotations.Nullable;

/// A delivery's part in one handler, in one run.
///
/// @param handler null for all handlers together, and for a delivery that none takes
public record Part(String identity, int run, @Nullable String handler) {

	Part whole() {
		return new Part(this.identity, this.run, null);
	}

	Part replayed() {
		return new Part(this.identity, this.run + 1, this.handler);
	}

}
