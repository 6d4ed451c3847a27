package dev.holdfast.container;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;

/// Runs a program of this machine to its end.
public final class Command {

	private final Map<String, String> environment;

	private final Duration atMost;

	public Command(Map<String, String> environment, Duration atMost) {
		this.environment = environment;
		this.atMost = atMost;
	}

	/// What it printed.
	/// @throws IllegalStateException if it failed, or took too long
	public String run(List<String> command) {
		Result result = tryRun(command);
		if (result.status() != 0) {
			throw new IllegalStateException(
					"%s: status %d%n%s".formatted(String.join(" ", command), result.status(), result.output()));
		}
		return result.output();
	}

	public Result tryRun(List<String> command) {
		Path output = file();
		ProcessBuilder builder = new ProcessBuilder(command).redirectErrorStream(true).redirectOutput(output.toFile());
		builder.environment().putAll(this.environment);
		try {
			Process process = builder.start();
			try {
				process.getOutputStream().close();
				boolean ended = process.waitFor(this.atMost.toMillis(), TimeUnit.MILLISECONDS);
				return new Result(ended ? process.exitValue() : -1, Files.readString(output));
			}
			finally {
				process.destroyForcibly();
				Files.delete(output);
			}
		}
		catch (IOException ex) {
			throw new UncheckedIOException(ex);
		}
		catch (InterruptedException ex) {
			Thread.currentThread().interrupt();
			throw new IllegalStateException("interrupted: " + String.join(" ", command), ex);
		}
	}

	private static Path file() {
		try {
			return Files.createTempFile("command", ".out");
		}
		catch (IOException ex) {
			throw new UncheckedIOException(ex);
		}
	}

	/// @param status what it ended with, or -1 if it did not end in time
	/// @param output both streams
	public record Result(int status, String output) {
	}

}
