package dev.holdfast.bench;

import java.io.PrintStream;

/// Tells what is going on: on a terminal in one line, else every ten seconds.
final class Progress {

	private static final long RARELY = 10_000_000_000L;

	private static final long OFTEN = 300_000_000L;

	private static final boolean TERMINAL = System.console() != null && System.console().isTerminal();

	private final PrintStream to;

	private final String name;

	private long shown;

	Progress(PrintStream to, String name) {
		this.to = to;
		this.name = name;
		this.shown = System.nanoTime() - RARELY;
	}

	/// Shows this, unless something was shown just now.
	void show(String what) {
		long now = System.nanoTime();
		if (now - this.shown >= (TERMINAL ? OFTEN : RARELY)) {
			this.shown = now;
			this.to.print((TERMINAL ? "\r\033[K" : "") + this.name + ": " + what + (TERMINAL ? "" : "\n"));
		}
	}

	/// Shows this, and leaves it there.
	void say(String what) {
		this.to.println((TERMINAL ? "\r\033[K" : "") + this.name + ": " + what);
	}

}
