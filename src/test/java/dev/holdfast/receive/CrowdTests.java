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
import org.junit.jupiter.api.extension.ExtendWith;

import static org.assertj.core.api.Assertions.assertThat;

/// Senders that connect in one moment, as when a load balancer has started again.
@ExtendWith(Edge.Extension.class)
class CrowdTests {

	/// How many the system lets wait for a server to accept them.
	private static final Path LONGEST_QUEUE = Path.of("/proc/sys/net/core/somaxconn");

	private static final int SENDERS = 2_500;

	private final Edge edge;

	CrowdTests(Edge edge) {
		this.edge = edge;
	}

	@Test
	void answersAllThatConnectBeforeItGetsToThem() throws Exception {
		int queue = Files.exists(LONGEST_QUEUE) ? Integer.parseInt(Files.readAllLines(LONGEST_QUEUE).getFirst()) : 128;
		int senders = Math.min(SENDERS, queue);
		CountDownLatch sent = new CountDownLatch(senders);
		List<Future<Reply>> replies = new ArrayList<>();
		try (ExecutorService clients = Executors.newVirtualThreadPerTaskExecutor()) {
			this.edge.connector().pause();
			for (int i = 0; i < senders; i++) {
				replies.add(clients.submit(() -> {
					try (RawClient client = this.edge.connect()) {
						client.write("GET / HTTP/1.1\r\nHost: h\r\n\r\n");
						sent.countDown();
						return client.read();
					}
				}));
			}
			boolean allSent = sent.await(10, TimeUnit.SECONDS);
			this.edge.connector().resume();
			assertThat(allSent).isTrue();
			for (Future<Reply> reply : replies) {
				assertThat(reply.get().status()).isEqualTo(404);
			}
		}
	}

}
