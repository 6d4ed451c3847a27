package dev.holdfast.destination;

import java.io.IOException;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;

/// A server whose every byte the test decides, on a free loopback port.
final class RawServer implements AutoCloseable {

	private final List<Socket> connections = new CopyOnWriteArrayList<>();

	private final ServerSocket socket;

	RawServer() throws IOException {
		this.socket = new ServerSocket(0, 50, InetAddress.getLoopbackAddress());
	}

	int port() {
		return this.socket.getLocalPort();
	}

	/// How many connections there were so far.
	int accepted() {
		return this.connections.size();
	}

	/// Runs the script on each connection.
	void serve(Script script) {
		Thread.ofVirtual().start(() -> {
			while (!this.socket.isClosed()) {
				try {
					Socket connection = this.socket.accept();
					this.connections.add(connection);
					Thread.ofVirtual().start(() -> script.runOn(connection));
				}
				catch (IOException ex) {
					return;
				}
			}
		});
	}

	static void write(OutputStream out, String text) throws IOException {
		out.write(text.getBytes(StandardCharsets.ISO_8859_1));
		out.flush();
	}

	/// Reads until the client closes the connection.
	static void readAll(Socket connection) throws IOException {
		connection.getInputStream().transferTo(OutputStream.nullOutputStream());
	}

	static void readSome(Socket connection) throws IOException {
		connection.getInputStream().read(new byte[65536]);
	}

	@Override
	public void close() throws IOException {
		this.socket.close();
		for (Socket connection : this.connections) {
			connection.close();
		}
	}

	/// What the server does with a connection.
	interface Script {

		void on(Socket connection) throws IOException;

		default void runOn(Socket connection) {
			try {
				on(connection);
			}
			catch (IOException ex) {
				// The client is gone, which is what most scripts end with.
			}
		}

	}

}
