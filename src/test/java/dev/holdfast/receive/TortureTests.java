package dev.holdfast.receive;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.LockSupport;

import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.Timeout;

import static org.assertj.core.api.Assertions.assertThat;

/// Crowds that mean no good, each beside a stream of genuine deliveries, which must not
/// suffer. How the stream fares is printed.
@Tag("system")
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
@Timeout(60)
class TortureTests {

	private static final int MALFORMED = 10_000;

	private static final int CROWD = 2_000;

	/// What a connection takes here: a socket at each end.
	private static final int FILES_EACH = 2;

	/// So much later may the slowest hundredth be answered on a busy machine; a delivery
	/// that waited behind the crowd would take seconds.
	private static final Duration NOISE = Duration.ofMillis(500);

	private static final String HEAD = "POST /webhook HTTP/1.1\r\nHost: h\r\nX-Shopify-Topic: a/b\r\n"
			+ "X-Shopify-Hmac-Sha256: " + Edge.sign(Edge.bytes("{}")) + "\r\n";

	private Edge edge;

	@BeforeAll
	void start() throws Exception {
		this.edge = Edge.start(CROWD);
		stream("warm", () -> pause(Duration.ofMillis(500)));
	}

	@AfterAll
	void stop() {
		this.edge.close();
	}

	@Test
	void answersTenThousandMalformedRequestsWhileAGoodStreamKeepsItsPace() throws Exception {
		List<String> malformed = FramingTests.malformed().toList();
		Map<Integer, AtomicInteger> answers = new ConcurrentHashMap<>();
		AtomicInteger next = new AtomicInteger();
		Duration before = stream("before", () -> pause(Duration.ofSeconds(2)));
		Duration during = stream("while " + MALFORMED + " malformed", () -> together(8, () -> {
			for (int i = next.getAndIncrement(); i < MALFORMED; i = next.getAndIncrement()) {
				answers.computeIfAbsent(answer(malformed.get(i % malformed.size())), (status) -> new AtomicInteger())
					.incrementAndGet();
			}
		}));
		System.out.println("torture: answers to what is malformed: " + new TreeMap<>(answers));
		assertThat(answers.keySet()).isSubsetOf(0, 400, 404, 405, 501, 505);
		assertThat(during).isLessThan(before.multipliedBy(5).plus(NOISE));
	}

	/// @return 0 where the connection was closed without one
	private int answer(String request) throws IOException {
		try (RawClient client = this.edge.connect()) {
			client.write(request.getBytes(StandardCharsets.ISO_8859_1));
			client.finishWriting();
			return client.read().status();
		}
	}

	@Test
	void letsNobodyWaitForTwoThousandSlowHeadersAndTwoThousandSlowBodies() throws Exception {
		crowd("slow headers, and as many with slow bodies", "POST /webhook HTTP/1.1\r\nHost: h\r\nX-A: ",
				HEAD + "Content-Length: 900\r\n\r\n");
	}

	/// Each declares the longest body there may be: together 31 GiB.
	@Test
	void letsNobodyWaitForTwoThousandThatDeclareSixteenMebibytes() throws Exception {
		long bytes = crowd("huge lengths", HEAD + "Content-Length: 16777216\r\n\r\n");
		System.out.printf("torture: %.1f MiB reserved for them%n", bytes / 1048576.0);
		assertThat(bytes).isLessThanOrEqualTo(Runtime.getRuntime().maxMemory() / 4);
	}

	/// @return the most bytes that were reserved meanwhile
	private long crowd(String name, String... starts) throws Exception {
		int size = Math.min(CROWD, (openFiles() / FILES_EACH - 500) / starts.length);
		List<SocketChannel> crowd = new ArrayList<>();
		ReceiveLimits limits = this.edge.bean(ReceiveLimits.class);
		Duration before = stream("before", () -> pause(Duration.ofSeconds(1)));
		long[] most = new long[1];
		Duration during = stream("while " + size + " with " + name, () -> {
			InetSocketAddress address = new InetSocketAddress(InetAddress.getLoopbackAddress(), this.edge.port());
			for (int i = 0; i < size * starts.length; i++) {
				SocketChannel channel = SocketChannel.open(address);
				channel.configureBlocking(false);
				channel.write(ByteBuffer.wrap(Edge.bytes(starts[i % starts.length])));
				crowd.add(channel);
			}
			long end = System.nanoTime() + Duration.ofSeconds(15).toNanos();
			List<SocketChannel> left = new ArrayList<>(crowd);
			while (!left.isEmpty() && System.nanoTime() - end < 0) {
				most[0] = Math.max(most[0], limits.bytes());
				left.removeIf(TortureTests::isOver);
				pause(Duration.ofMillis(300));
			}
			assertThat(left).as("connections that the crowd still holds").isEmpty();
		});
		for (SocketChannel channel : crowd) {
			channel.close();
		}
		assertThat(during).isLessThan(before.multipliedBy(5).plus(NOISE));
		assertThat(limits.active()).isZero();
		assertThat(limits.bytes()).isZero();
		return most[0];
	}

	/// Sends a little more, and looks whether the other side has had enough.
	private static boolean isOver(SocketChannel channel) {
		try {
			ByteBuffer answer = ByteBuffer.allocate(1024);
			int read = channel.read(answer);
			if (read == 0) {
				channel.write(ByteBuffer.wrap(Edge.bytes("x")));
			}
			return read < 0;
		}
		catch (IOException ex) {
			return true;
		}
	}

	private static int openFiles() throws IOException {
		Path limits = Path.of("/proc/self/limits");
		return !Files.exists(limits) ? 4 * CROWD
				: Files.readAllLines(limits)
					.stream()
					.filter((line) -> line.startsWith("Max open files"))
					.map((line) -> line.split("\\s+")[3])
					.mapToInt(Integer::parseInt)
					.findFirst()
					.orElse(4 * CROWD);
	}

	/// Posts genuine deliveries over two connections that are kept, one every 5 ms each,
	/// until the work is done; every one must be accepted.
	/// @return the p99 of the answers
	private Duration stream(String name, Work work) throws Exception {
		AtomicBoolean done = new AtomicBoolean();
		List<Long> times = new ArrayList<>();
		try (ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor()) {
			List<Future<List<Long>>> streams = List.of(threads.submit(() -> post(done)),
					threads.submit(() -> post(done)));
			try {
				work.run();
			}
			finally {
				done.set(true);
			}
			for (Future<List<Long>> stream : streams) {
				times.addAll(stream.get());
			}
		}
		this.edge.buffer().reset();
		List<Long> sorted = times.stream().sorted().toList();
		Duration p99 = Duration.ofNanos(sorted.get(sorted.size() * 99 / 100));
		System.out.printf("torture: %s: %d good deliveries, p50 %.1f ms, p99 %.1f ms, longest %.1f ms%n", name,
				sorted.size(), sorted.get(sorted.size() / 2) / 1e6, p99.toNanos() / 1e6, sorted.getLast() / 1e6);
		return p99;
	}

	private List<Long> post(AtomicBoolean done) throws IOException {
		List<Long> times = new ArrayList<>();
		Random random = new Random(1);
		try (RawClient client = this.edge.connect()) {
			while (!done.get()) {
				byte[] request = Edge.genuine("{\"id\":" + random.nextLong() + "}");
				long start = System.nanoTime();
				client.write(request);
				assertThat(client.read().status()).isEqualTo(200);
				times.add(System.nanoTime() - start);
				pause(Duration.ofMillis(5));
			}
		}
		return times;
	}

	private static void together(int count, Work work) throws Exception {
		try (ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor()) {
			List<Future<?>> running = new ArrayList<>();
			for (int i = 0; i < count; i++) {
				running.add(threads.submit(() -> {
					work.run();
					return null;
				}));
			}
			for (Future<?> each : running) {
				each.get();
			}
		}
	}

	private static void pause(Duration duration) {
		LockSupport.parkNanos(duration.toNanos());
	}

	private interface Work {

		void run() throws Exception;

	}

}
