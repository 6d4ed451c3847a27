package dev.holdfast.delivery;

import java.util.Iterator;
import java.util.List;

import org.jspecify.annotations.Nullable;

/// The headers of a delivery, in the order of their arrival. Names are compared without
/// regard to case.
///
/// Shopify does not sign headers: they are hints, never authority.
public record Headers(List<Header> lines) implements Iterable<Header> {

	public Headers {
		lines = List.copyOf(lines);
	}

	public static Headers of(String... namesAndValues) {
		Header[] lines = new Header[namesAndValues.length / 2];
		for (int i = 0; i < lines.length; i++) {
			lines[i] = new Header(namesAndValues[2 * i], namesAndValues[2 * i + 1]);
		}
		return new Headers(List.of(lines));
	}

	/// The value of a header that occurs exactly once. One that is repeated says two
	/// things at once, and counts as absent.
	public @Nullable String single(String name) {
		String found = null;
		for (Header line : this.lines) {
			if (line.name().equalsIgnoreCase(name)) {
				if (found != null) {
					return null;
				}
				found = line.value();
			}
		}
		return found;
	}

	public boolean contains(String name) {
		for (Header line : this.lines) {
			if (line.name().equalsIgnoreCase(name)) {
				return true;
			}
		}
		return false;
	}

	@Override
	public Iterator<Header> iterator() {
		return this.lines.iterator();
	}

}
