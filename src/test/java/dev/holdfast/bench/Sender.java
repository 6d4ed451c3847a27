package dev.holdfast.bench;

import java.io.EOFException;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.SelectionKey;
import java.nio.channels.Selector;
import java.nio.channels.SocketChannel;
import java.util.Locale;

/// A connection of the generator: one request at a time.
final class Sender {

	private static final String END = "\r\n\r\n";

	private static final String LENGTH = "content-length: ";

	private final SocketChannel channel;

	private final SelectionKey key;

	private final ByteBuffer head = ByteBuffer.allocateDirect(Payloads.LONGEST_HEAD);

	private final ByteBuffer[] output = { this.head, this.head };

	private final StringBuilder answer = new StringBuilder();

	private int number;

	private long due;

	private long taken;

	private boolean waiting;

	Sender(Selector selector, InetSocketAddress target) throws IOException {
		this.channel = SocketChannel.open();
		this.channel.configureBlocking(false);
		this.channel.socket().setTcpNoDelay(true);
		this.key = this.channel.register(selector, SelectionKey.OP_CONNECT, this);
		this.channel.connect(target);
	}

	/// Takes the next request, which is written once there is a connection.
	/// @param due from when on it is late
	void take(int number, Payloads.Payload payload, long due) {
		this.number = number;
		this.due = due;
		this.taken = System.nanoTime();
		this.waiting = true;
		payload.head(number, this.head);
		this.output[1] = payload.direct().duplicate();
	}

	int number() {
		return this.number;
	}

	long due() {
		return this.due;
	}

	/// Since when it is sent, or waits for a connection to be.
	long taken() {
		return this.taken;
	}

	/// Whether a request is on its way.
	boolean isWaiting() {
		return this.waiting;
	}

	/// Whether its request has waited longer than this.
	boolean hasWaited(long nanos, long now) {
		return this.waiting && now - this.taken > nanos;
	}

	boolean isConnected() {
		return this.channel.isConnected();
	}

	boolean isOpen() {
		return this.channel.isOpen();
	}

	/// @return the status of an answer that is complete, else 0
	int ready(ByteBuffer input) throws IOException {
		if (this.key.isConnectable() && this.channel.finishConnect()) {
			write();
			return 0;
		}
		if (this.key.isWritable()) {
			write();
		}
		return this.key.isReadable() ? read(input) : 0;
	}

	void write() throws IOException {
		this.channel.write(this.output);
		this.key.interestOps(
				this.output[1].hasRemaining() ? SelectionKey.OP_READ | SelectionKey.OP_WRITE : SelectionKey.OP_READ);
	}

	private int read(ByteBuffer input) throws IOException {
		input.clear();
		if (this.channel.read(input) < 0) {
			throw new EOFException();
		}
		input.flip();
		while (input.hasRemaining()) {
			this.answer.append((char) (input.get() & 0xff));
		}
		int end = this.answer.indexOf(END);
		if (end < 0) {
			return 0;
		}
		String head = this.answer.substring(0, end).toLowerCase(Locale.ROOT);
		if (this.answer.length() < end + END.length() + length(head)) {
			return 0;
		}
		this.answer.setLength(0);
		this.waiting = false;
		if (head.contains("connection: close")) {
			close();
		}
		return Integer.parseInt(head, 9, 12, 10);
	}

	private static int length(String head) throws IOException {
		int from = head.indexOf(LENGTH) + LENGTH.length();
		if (from < LENGTH.length()) {
			throw new IOException("an answer without its length: " + head);
		}
		int end = head.indexOf("\r", from);
		return Integer.parseInt(head, from, (end < 0) ? head.length() : end, 10);
	}

	void close() {
		try {
			this.channel.close();
		}
		catch (IOException ex) {
			// It is gone.
		}
	}

}
