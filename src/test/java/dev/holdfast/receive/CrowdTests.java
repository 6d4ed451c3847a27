package dev.holdfast.receive;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;

import dev.holdfast.receive.RawClient.Reply;
import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;

/// Senders that connect in one moment, as when a load balancer has started again.
class CrowdTests {

	/// How many the system lets wait for a server to accept them.
	private static final Path LONGEST_QUEUE = Path.of("/proc/sys/net/core/somaxconn");

	private static final int SENDERS = 2_500;

	@Test
	void answersAllThatConnectBeforeItGetsToThem() throws Exception {
		int queue = Files.exists(LONGEST_QUEUE) ? Integer.parseInt(Files.readAllLines(LONGEST_QUEUE).getFirst()) : 128;
		int senders = Math.min(SENDERS, queue);
		CountDownLatch sent = new CountDownLatch(senders);
		List<Future<Reply>> replies = new ArrayList<>();
		try (Edge edge = Edge.start(Edge.PERMITS);
				ExecutorService clients = Executors.newVirtualThreadPerTaskExecutor()) {
			edge.connector().pause();
			for (int i = 0; i < senders; i++) {
				replies.add(clients.submit(() -> {
					try (RawClient client = edge.connect()) {
						client.write("GET / HTTP/1.1\r\nHost: h\r\n\r\n");
						sent.countDown();
						return client.read();
					}
				}));
			}
			boolean allSent = sent.await(10, TimeUnit.SECONDS);
			edge.connector().resume();
			assertThat(allSent).isTrue();
			for (Future<Reply> reply : replies) {
				assertThat(reply.get().status()).isEqualTo(404);
			}
		}
	}

}
