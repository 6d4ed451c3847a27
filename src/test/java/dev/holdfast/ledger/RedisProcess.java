package dev.holdfast.ledger;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.util.ArrayList;
import java.util.List;

/// One `redis-server` of this machine, without persistence.
final class RedisProcess implements AutoCloseable {

	private final int port;

	private final String[] options;

	private Process process;

	private RedisProcess(int port, String... options) {
		this.port = port;
		this.options = options;
		this.process = launch(port, options);
	}

	static RedisProcess start(String... options) {
		return new RedisProcess(freePort(), options);
	}

	static int freePort() {
		try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
			return socket.getLocalPort();
		}
		catch (IOException ex) {
			throw new UncheckedIOException(ex);
		}
	}

	private static Process launch(int port, String... options) {
		List<String> command = new ArrayList<>(List.of("redis-server", "--port", String.valueOf(port), "--save", "",
				"--appendonly", "no", "--bind", "127.0.0.1"));
		command.addAll(List.of(options));
		try {
			Process process = new ProcessBuilder(command).redirectErrorStream(true).start();
			awaitReady(process.inputReader());
			process.getOutputStream().close();
			Thread.ofVirtual().start(() -> process.inputReader().lines().forEach((line) -> {
			}));
			return process;
		}
		catch (IOException ex) {
			throw new UncheckedIOException(ex);
		}
	}

	private static void awaitReady(BufferedReader output) throws IOException {
		String line = output.readLine();
		while (line != null && !line.contains("Ready to accept connections")) {
			line = output.readLine();
		}
		if (line == null) {
			throw new IOException("redis-server ended before it was ready");
		}
	}

	int port() {
		return this.port;
	}

	/// Stops it in the middle of what it does; its sockets stay open.
	void freeze() {
		signal("-STOP");
	}

	void thaw() {
		signal("-CONT");
	}

	/// Starts it anew, empty, on the same port.
	void restart() {
		this.process = launch(this.port, this.options);
	}

	private void signal(String signal) {
		try {
			new ProcessBuilder("kill", signal, String.valueOf(this.process.pid())).start().waitFor();
		}
		catch (IOException ex) {
			throw new UncheckedIOException(ex);
		}
		catch (InterruptedException ex) {
			Thread.currentThread().interrupt();
		}
	}

	@Override
	public void close() {
		this.process.destroyForcibly();
		this.process.onExit().join();
	}

}
