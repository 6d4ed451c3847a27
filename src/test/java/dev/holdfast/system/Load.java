package dev.holdfast.system;

import java.net.URI;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.locks.LockSupport;
import java.util.function.Supplier;

/// Deliveries at a steady rate, whatever the answers are. Every tenth is one that was sent
/// before. What is not accepted is sent again after a second, four times at most, and is
/// then given up, as Shopify does after its own.
final class Load {

	private static final int TRIES = 5;

	private static final Duration BEFORE_RETRY = Duration.ofSeconds(1);

	private static final int REPEATED_OF_TEN = 1;

	/// Those that may be sent again.
	private static final int REMEMBERED = 20_000;

	private final WebhookClient client;

	private final Supplier<URI> url;

	private final long interval;

	private final Random random;

	private final ExecutorService posts = Executors.newVirtualThreadPerTaskExecutor();

	private final List<Sample> samples = new ArrayList<>();

	private final Thread pace;

	private volatile boolean stopped;

	private Load(WebhookClient client, Supplier<URI> url, int perSecond, Random random) {
		this.client = client;
		this.url = url;
		this.interval = Duration.ofSeconds(1).toNanos() / perSecond;
		this.random = random;
		this.pace = Thread.ofPlatform().name("load").start(this::run);
	}

	/// @param url where to, asked before each post
	static Load start(WebhookClient client, Supplier<URI> url, int perSecond, Random random) {
		return new Load(client, url, perSecond, random);
	}

	private void run() {
		long start = System.nanoTime();
		for (long i = 0; !this.stopped; i++) {
			LockSupport.parkNanos(start + i * this.interval - System.nanoTime());
			Sample sample = next();
			this.posts.submit(() -> deliver(sample));
		}
	}

	private Sample next() {
		if (!this.samples.isEmpty() && this.random.nextInt(10) < REPEATED_OF_TEN) {
			return this.samples.get(this.random.nextInt(this.samples.size()));
		}
		Sample fresh = Sample.random(this.random);
		if (this.samples.size() < REMEMBERED) {
			this.samples.add(fresh);
		}
		else {
			this.samples.set(this.random.nextInt(REMEMBERED), fresh);
		}
		return fresh;
	}

	private void deliver(Sample sample) {
		for (int i = 0; i < TRIES; i++) {
			if (this.client.post(this.url.get(), sample).isAccepted()) {
				return;
			}
			LockSupport.parkNanos(BEFORE_RETRY.toNanos());
		}
	}

	/// Sends nothing new, and waits for what is under way.
	void stop() throws InterruptedException {
		this.stopped = true;
		this.pace.join();
		this.posts.close();
	}

}
