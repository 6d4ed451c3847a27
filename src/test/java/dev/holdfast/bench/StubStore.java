package dev.holdfast.bench;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.nio.ByteBuffer;
import java.nio.channels.SelectionKey;
import java.nio.channels.Selector;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.time.Duration;
import java.util.PriorityQueue;
import java.util.SplittableRandom;

/// An S3 server that costs next to nothing: one bucket in memory, one thread, and of
/// the protocol what Holdfast speaks. Each operation takes effect, and is answered,
/// when its delay has passed, up to a millisecond late. Over the cap it answers 503
/// SlowDown at once.
///
/// It compares a CRC32, takes an MD5 at its word, and checks no signature: these would cost
/// the machine that is measured.
public final class StubStore implements AutoCloseable {

	/// @param delay how long an operation takes
	/// @param jitter the share of the delay that varies, exponentially, about the same
	/// mean
	/// @param stragglers how many of 100 PUTs take a straggler's time
	/// @param straggler how long a straggler takes
	/// @param cap requests per second, in bursts of a tenth of that; 0 for no cap
	public record Settings(Duration delay, double jitter, double stragglers, Duration straggler, int cap) {

		public static Settings immediate() {
			return delayed(Duration.ZERO);
		}

		static Settings delayed(Duration delay) {
			return new Settings(delay, 0, 0, Duration.ZERO, 0);
		}

		Settings stragglers(double percent, Duration straggler) {
			return new Settings(this.delay, this.jitter, percent, straggler, this.cap);
		}

		Settings cap(int cap) {
			return new Settings(this.delay, this.jitter, this.stragglers, this.straggler, cap);
		}

	}

	static final String THREAD = "bench-store";

	private static final int SECOND = 1_000_000_000;

	private static final int LONGEST_WAIT = 200;

	private final StubBucket bucket = new StubBucket();

	private final StoreCounts counts = new StoreCounts();

	private final SplittableRandom random = new SplittableRandom(7);

	private final PriorityQueue<Due> due = new PriorityQueue<>();

	private final ByteBuffer input = ByteBuffer.allocateDirect(256 << 10);

	private final Selector selector;

	private final ServerSocketChannel listener;

	private final Thread thread;

	private volatile Settings settings;

	private double tokens;

	private long refilled;

	private StubStore(Settings settings) throws IOException {
		this.settings = settings;
		this.selector = Selector.open();
		this.listener = ServerSocketChannel.open();
		this.listener.bind(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 1000);
		this.listener.configureBlocking(false);
		this.listener.register(this.selector, SelectionKey.OP_ACCEPT);
		this.thread = Thread.ofPlatform().name(THREAD).daemon().start(this::run);
	}

	public static StubStore start(Settings settings) {
		try {
			return new StubStore(settings);
		}
		catch (IOException ex) {
			throw new UncheckedIOException(ex);
		}
	}

	public URI endpoint() {
		return URI.create("http://127.0.0.1:" + this.listener.socket().getLocalPort());
	}

	/// From now on, for operations that begin.
	void configure(Settings settings) {
		this.settings = settings;
	}

	public StubBucket bucket() {
		return this.bucket;
	}

	StoreCounts counts() {
		return this.counts;
	}

	Thread thread() {
		return this.thread;
	}

	private void run() {
		try {
			while (this.selector.isOpen()) {
				this.selector.select(this::ready, millis(System.nanoTime()));
				long now = System.nanoTime();
				while (!this.due.isEmpty() && this.due.peek().at - now <= 0) {
					this.due.remove().connection.finish();
				}
			}
		}
		catch (IOException | java.nio.channels.ClosedSelectorException ex) {
			// Closed.
		}
	}

	private long millis(long now) {
		if (this.due.isEmpty()) {
			return LONGEST_WAIT;
		}
		return Math.clamp((this.due.peek().at - now + 500_000) / 1_000_000, 1, LONGEST_WAIT);
	}

	private void ready(SelectionKey key) {
		try {
			if (key.attachment() instanceof StubConnection connection) {
				connection.ready(this.input);
			}
			else {
				accept();
			}
		}
		catch (IOException ex) {
			key.cancel();
			close(key);
		}
	}

	private void accept() throws IOException {
		SocketChannel channel = this.listener.accept();
		while (channel != null) {
			channel.configureBlocking(false);
			channel.socket().setTcpNoDelay(true);
			SelectionKey key = channel.register(this.selector, SelectionKey.OP_READ);
			key.attach(new StubConnection(this, channel, key));
			channel = this.listener.accept();
		}
	}

	private static void close(SelectionKey key) {
		try {
			key.channel().close();
		}
		catch (IOException ex) {
			// It is gone.
		}
	}

	/// Whether a request that begins now is within the cap.
	boolean admit(StoreCounts.Kind kind) {
		this.counts.count(kind);
		int cap = this.settings.cap;
		if (cap == 0) {
			return true;
		}
		long now = System.nanoTime();
		this.tokens = Math.min(Math.max(1, cap / 10.0), this.tokens + (now - this.refilled) * (double) cap / SECOND);
		this.refilled = now;
		if (this.tokens < 1) {
			this.counts.slowedDown();
			return false;
		}
		this.tokens--;
		return true;
	}

	/// Has a request finish when its delay has passed.
	void finishLater(StubConnection connection, StoreCounts.Kind kind) throws IOException {
		long delay = delay(kind);
		if (delay == 0) {
			connection.finish();
		}
		else {
			this.due.add(new Due(System.nanoTime() + delay, connection));
		}
	}

	private long delay(StoreCounts.Kind kind) {
		Settings now = this.settings;
		if (kind == StoreCounts.Kind.PUT && now.stragglers > 0 && this.random.nextDouble(100) < now.stragglers) {
			return now.straggler.toNanos();
		}
		long delay = now.delay.toNanos();
		return (now.jitter == 0) ? delay
				: (long) (delay * (1 - now.jitter - now.jitter * Math.log(1 - this.random.nextDouble())));
	}

	@Override
	public void close() {
		try {
			this.selector.close();
			this.listener.close();
			this.thread.join();
		}
		catch (IOException ex) {
			throw new UncheckedIOException(ex);
		}
		catch (InterruptedException _) {
			Thread.currentThread().interrupt();
		}
	}

	private record Due(long at, StubConnection connection) implements Comparable<Due> {

		@Override
		public int compareTo(Due other) {
			return Long.signum(this.at - other.at);
		}

	}

}
