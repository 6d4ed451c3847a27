package dev.holdfast.receive;

import java.io.IOException;
import java.time.Duration;
import java.util.concurrent.Executor;
import java.util.concurrent.atomic.AtomicInteger;

import dev.holdfast.receive.Places.Place;
import org.apache.coyote.Processor;
import org.apache.coyote.http11.Http11NioProtocol;
import org.apache.tomcat.util.net.NioChannel;
import org.apache.tomcat.util.net.NioEndpoint;
import org.apache.tomcat.util.net.SocketBufferHandler;
import org.jspecify.annotations.Nullable;

/// Tomcat's HTTP/1.1 over connections that watch the time. Public because Tomcat makes it
/// from its name.
///
/// A request takes some 84 KiB of Tomcat's buffers from its first byte to its answer, so
/// there are as many at once as fit into half of the heap: without a bound, ten thousand
/// slow senders end the JVM. A quarter of them are served at once, because the collector
/// does not keep up with more; one that a sender or a slow store keeps waiting is not among
/// them.
///
/// Who comes later waits unread for a second, which is what a crowd needs to be served.
/// Then it is read all the same, and closed where there is no room. With the 4 s that an
/// answer may take, Shopify's 5 are kept.
public final class EdgeProtocol extends Http11NioProtocol {

	private static final int REQUEST = 84 * 1024;

	/// Answers are short, and Tomcat keeps as many bytes and characters for each.
	private static final int ANSWER = 1024;

	private static final int SERVED_SHARE = 4;

	private static final Duration PATIENCE = Duration.ofSeconds(1);

	private final int most;

	private final Places room;

	private final Places turns;

	private final Duration patience;

	private final AtomicInteger processors = new AtomicInteger();

	private volatile Runnable closed = () -> {
	};

	public EdgeProtocol() {
		this(Math.toIntExact(Math.min(Integer.MAX_VALUE, Runtime.getRuntime().maxMemory() / 2 / REQUEST)), PATIENCE);
	}

	EdgeProtocol(int most, Duration patience) {
		super(new EdgeEndpoint());
		this.most = most;
		this.room = new Places(most);
		this.turns = new Places(Math.ceilDiv(most, SERVED_SHARE));
		this.patience = patience;
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
	public void setExecutor(@Nullable Executor executor) {
		super.setExecutor((executor != null) ? (task) -> executor.execute(() -> runInTurn(task)) : null);
	}

	private void runInTurn(Runnable task) {
		long until = System.nanoTime() + this.patience.toNanos();
		try (Place _ = this.room.take(until); Place turn = this.turns.take(until)) {
			ScopedValue.where(EdgeChannel.TURN, turn).run(task);
		}
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
