package dev.holdfast.receive;

import java.io.IOException;
import java.util.concurrent.atomic.AtomicInteger;

import org.apache.coyote.Processor;
import org.apache.coyote.http11.Http11NioProtocol;
import org.apache.tomcat.util.net.NioChannel;
import org.apache.tomcat.util.net.NioEndpoint;
import org.apache.tomcat.util.net.SocketBufferHandler;

/// Tomcat's HTTP/1.1 over connections that watch the time. Public because Tomcat makes it
/// from its name.
///
/// A request takes some 84 KiB of Tomcat's buffers from its first byte to its answer, so
/// there are as many at once as fit into half of the heap. The connection of one more is
/// closed: without a bound, ten thousand slow senders end the JVM.
public final class EdgeProtocol extends Http11NioProtocol {

	private static final int REQUEST = 84 * 1024;

	/// Answers are short, and Tomcat keeps as many bytes and characters for each.
	private static final int ANSWER = 1024;

	private final int most;

	private final AtomicInteger processors = new AtomicInteger();

	private volatile Runnable closed = () -> {
	};

	public EdgeProtocol() {
		this(Math.toIntExact(Math.min(Integer.MAX_VALUE, Runtime.getRuntime().maxMemory() / 2 / REQUEST)));
	}

	EdgeProtocol(int most) {
		super(new EdgeEndpoint());
		this.most = most;
		super.setProcessorCache(-1);
	}

	/// @param closed is told of every connection that is closed because there are too
	/// many
	void onClosed(Runnable closed) {
		this.closed = closed;
	}

	/// All are used again, whatever the settings say: they are counted where they are
	/// made.
	@Override
	public void setProcessorCache(int ignored) {
	}

	@Override
	protected Processor createProcessor() {
		if (this.processors.getAndUpdate((made) -> Math.min(this.most, made + 1)) == this.most) {
			this.closed.run();
			throw EdgeProtocol
				.<RuntimeException>closing(new IOException("more than " + this.most + " requests at once"));
		}
		return super.createProcessor();
	}

	@Override
	public int getDesiredBufferSize() {
		return ANSWER;
	}

	/// Tomcat takes an [IOException] for a connection's own trouble, and closes it
	/// without a word; it cannot be declared here.
	@SuppressWarnings({ "unchecked", "TypeParameterUnusedInFormals" })
	private static <E extends Exception> E closing(IOException reason) throws E {
		throw (E) reason;
	}

	private static final class EdgeEndpoint extends NioEndpoint {

		@Override
		protected NioChannel createChannel(SocketBufferHandler buffers) {
			return isSSLEnabled() ? super.createChannel(buffers) : new EdgeChannel(buffers);
		}

	}

}
