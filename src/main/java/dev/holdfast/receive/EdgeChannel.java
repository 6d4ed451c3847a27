package dev.holdfast.receive;

import java.io.IOException;
import java.net.SocketTimeoutException;
import java.nio.ByteBuffer;
import java.nio.channels.SocketChannel;
import java.time.Duration;

import dev.holdfast.receive.Places.Place;
import org.apache.tomcat.util.net.NioChannel;
import org.apache.tomcat.util.net.NioEndpoint.NioSocketWrapper;
import org.apache.tomcat.util.net.SocketBufferHandler;

/// A connection on which neither a body nor a header block can be dripped in for ever.
///
/// Tomcat's time-outs run from one read to the next, and within one read of the body it
/// may read the socket many times: the size, the extension and the trailer of a chunk
/// come byte by byte. So every read of the socket looks at the deadline itself.
///
/// Not for TLS: there each read is limited, and the body between reads.
final class EdgeChannel extends NioChannel {

	/// Bound while a body is read.
	static final ScopedValue<Deadline> BODY_DEADLINE = ScopedValue.newInstance();

	/// Bound while a request is served.
	static final ScopedValue<Place> TURN = ScopedValue.newInstance();

	/// From the first byte of a request to the last of its headers.
	private static final long HEADERS_WITHIN = Duration.ofSeconds(3).toNanos();

	private static final long IDLE = 0;

	private volatile long headersSince = IDLE;

	EdgeChannel(SocketBufferHandler buffers) {
		super(buffers);
	}

	/// The turn of the request that this thread serves.
	static Place turn() {
		return TURN.orElse(Place.NONE);
	}

	@Override
	public void reset(SocketChannel channel, NioSocketWrapper wrapper) throws IOException {
		this.headersSince = IDLE;
		super.reset(channel, wrapper);
	}

	@Override
	public int read(ByteBuffer target) throws IOException {
		if (BODY_DEADLINE.isBound()) {
			if (BODY_DEADLINE.get().hasPassed()) {
				throw new SocketTimeoutException();
			}
			return readInTurn(target);
		}
		int read = readInTurn(target);
		if (read > 0) {
			checkHeaders();
		}
		return read;
	}

	/// While the sender keeps it waiting, it is another's turn.
	private int readInTurn(ByteBuffer target) throws IOException {
		int read = super.read(target);
		if (read == 0) {
			turn().close();
		}
		return read;
	}

	private void checkHeaders() throws SocketTimeoutException {
		long now = System.nanoTime();
		if (this.headersSince == IDLE) {
			this.headersSince = (now != IDLE) ? now : 1;
		}
		else if (now - this.headersSince > HEADERS_WITHIN) {
			throw new SocketTimeoutException();
		}
	}

	/// An answer ends a request: what is read next begins another.
	@Override
	public int write(ByteBuffer source) throws IOException {
		this.headersSince = IDLE;
		return super.write(source);
	}

}
