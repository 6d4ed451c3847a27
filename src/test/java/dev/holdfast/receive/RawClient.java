package dev.holdfast.receive;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.net.InetAddress;
import java.net.Socket;
import java.net.SocketException;
import java.nio.charset.StandardCharsets;
import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;

/// An HTTP client that sends exactly the bytes it is given.
final class RawClient implements AutoCloseable {

	private final Socket socket;

	private final InputStream in;

	RawClient(int port) throws IOException {
		this.socket = new Socket(InetAddress.getLoopbackAddress(), port);
		this.socket.setSoTimeout(8000);
		this.socket.setTcpNoDelay(true);
		this.in = this.socket.getInputStream();
	}

	void write(byte[] bytes) throws IOException {
		this.socket.getOutputStream().write(bytes);
	}

	void write(String text) throws IOException {
		write(text.getBytes(StandardCharsets.UTF_8));
	}

	/// Writes on where the other side may have answered and gone.
	boolean tryWrite(byte[] bytes) {
		try {
			write(bytes);
			return true;
		}
		catch (IOException ex) {
			return false;
		}
	}

	boolean hasAnswer() throws IOException {
		return this.in.available() > 0;
	}

	void finishWriting() throws IOException {
		this.socket.shutdownOutput();
	}

	/// Reads one answer.
	/// @return status 0 if there was none
	Reply read() throws IOException {
		Reply head = readHead();
		int length = Integer.parseInt(head.headers().getOrDefault("content-length", "0"));
		return new Reply(head.status(), head.headers(), new String(this.in.readNBytes(length), StandardCharsets.UTF_8));
	}

	/// Reads an answer that has no body, such as the one to HEAD.
	Reply readHead() throws IOException {
		String status = line();
		if (!status.startsWith("HTTP/1.1 ")) {
			// Closed, or answered as HTTP/0.9 with a body alone.
			return new Reply(0, Map.of(), "");
		}
		Map<String, String> headers = new LinkedHashMap<>();
		for (String line = line(); !line.isEmpty(); line = line()) {
			int colon = line.indexOf(':');
			headers.put(line.substring(0, colon).toLowerCase(Locale.ROOT), line.substring(colon + 1).strip());
		}
		return new Reply(Integer.parseInt(status.split(" ")[1]), headers, "");
	}

	/// Whether the other side closes, reading on for it.
	boolean isClosed() throws IOException {
		try {
			return this.in.read() < 0;
		}
		catch (SocketException ex) {
			return true;
		}
	}

	private String line() throws IOException {
		ByteArrayOutputStream line = new ByteArrayOutputStream();
		try {
			for (int b = this.in.read(); b >= 0 && b != '\n'; b = this.in.read()) {
				if (b != '\r') {
					line.write(b);
				}
			}
		}
		catch (SocketException ex) {
			// A reset ends the answer as a close does.
			return line.toString(StandardCharsets.ISO_8859_1);
		}
		return line.toString(StandardCharsets.ISO_8859_1);
	}

	@Override
	public void close() throws IOException {
		this.socket.close();
	}

	/// An answer; the names of its headers are in lower case.
	record Reply(int status, Map<String, String> headers, String body) {

		boolean closes() {
			return "close".equals(this.headers.get("connection"));
		}

	}

}
