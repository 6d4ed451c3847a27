package dev.holdfast.simulation;

/// What happens at a time, unless its process is dead by then.
///
/// @param at when
/// @param order which of those of one time is first
record Timer(long at, long order, World.Process process, Runnable action) implements Comparable<Timer> {

	@Override
	public int compareTo(Timer other) {
		return (this.at != other.at) ? Long.compare(this.at, other.at) : Long.compare(this.order, other.order);
	}

}
