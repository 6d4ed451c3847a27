package dev.holdfast.bench;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.SelectionKey;
import java.nio.channels.Selector;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.SplittableRandom;

/// Sends a load, with one thread for all connections. What has no answer within 5 s counts
/// as failed, as at Shopify.
final class Generator implements Runnable {

	static final String THREAD = "bench-load";

	private static final long PATIENCE = Duration.ofSeconds(5).toNanos();

	private static final long CHECK = Duration.ofMillis(100).toNanos();

	private final Load load;

	private final Payloads payloads;

	private final Journal journal;

	private final List<InetSocketAddress> targets;

	private final Tally tally = new Tally();

	/// Begins with gaps whose mean is near the true one, so that short runs keep their
	/// rate.
	private final SplittableRandom random = new SplittableRandom(32);

	private final ByteBuffer input = ByteBuffer.allocateDirect(16 << 10);

	private final Set<Sender> senders = new LinkedHashSet<>();

	private final Deque<Sender> idle = new ArrayDeque<>();

	private final Selector selector;

	private int opened;

	private int waiting;

	private long due;

	private long checked;

	private boolean ending;

	Generator(Load load, Payloads payloads, Journal journal, List<InetSocketAddress> targets) {
		this.load = load;
		this.payloads = payloads;
		this.journal = journal;
		this.targets = targets;
		try {
			this.selector = Selector.open();
		}
		catch (IOException ex) {
			throw new UncheckedIOException(ex);
		}
	}

	Tally tally() {
		return this.tally;
	}

	@Override
	public void run() {
		try (this.selector) {
			long now = System.nanoTime();
			long end = now + this.load.time().toNanos();
			long settled = now + this.load.settling().toNanos();
			boolean settling = true;
			this.tally.began = now;
			this.due = now;
			while (!this.ending || this.waiting > 0) {
				this.ending = this.ending || now - end >= 0 || this.tally.soFar >= this.load.most();
				if (!this.ending) {
					send(now);
				}
				this.selector.select(this::ready, millis(now));
				now = System.nanoTime();
				if (settling && now - settled >= 0) {
					settling = false;
					this.tally.settled();
				}
				expire(now);
			}
			this.tally.ended = now;
			this.senders.forEach(Sender::close);
			this.tally.cpu = Machine.cpu(Thread.currentThread());
		}
		catch (IOException ex) {
			throw new UncheckedIOException(ex);
		}
	}

	private long millis(long now) {
		long until = (this.load.isOpen() && !this.ending) ? this.due - now : CHECK;
		return Math.clamp((until + 500_000) / 1_000_000, 1, 100);
	}

	private void send(long now) throws IOException {
		if (!this.load.isOpen()) {
			while (this.senders.size() < this.load.connections()) {
				open(now);
			}
			return;
		}
		while (this.due - now <= 0) {
			Sender sender = this.idle.pollLast();
			if (sender != null) {
				this.waiting++;
				begin(sender, this.due);
			}
			else if (this.senders.size() < this.load.connections()) {
				open(this.due);
			}
			else if (now - this.due > PATIENCE) {
				this.tally.failed("unsent");
			}
			else {
				return;
			}
			this.due += (long) (-Math.log(1 - this.random.nextDouble()) * 1e9 / this.load.rate());
		}
	}

	private void open(long due) throws IOException {
		Sender sender = new Sender(this.selector, this.targets.get(this.opened++ % this.targets.size()));
		this.senders.add(sender);
		this.waiting++;
		next(sender, due);
	}

	private void next(Sender sender, long due) {
		int number = this.journal.next();
		sender.take(number, this.payloads.of(number), due);
	}

	private void begin(Sender sender, long due) {
		next(sender, due);
		try {
			sender.write();
		}
		catch (IOException ex) {
			fail(sender, "reset");
		}
	}

	private void ready(SelectionKey key) {
		Sender sender = (Sender) key.attachment();
		try {
			int status = sender.ready(this.input);
			if (status > 0) {
				answered(sender, status, System.nanoTime());
			}
		}
		catch (IOException ex) {
			fail(sender, sender.isConnected() ? "reset" : "refused");
		}
	}

	private void answered(Sender sender, int status, long now) {
		this.tally.answered(status, now - sender.due(), now - sender.taken());
		if (status == 200) {
			this.journal.acknowledged(sender.number(), now);
		}
		if (!sender.isOpen()) {
			this.waiting--;
			drop(sender);
		}
		else if (this.load.isOpen() || this.ending) {
			this.waiting--;
			this.idle.add(sender);
		}
		else {
			begin(sender, now);
		}
	}

	private void fail(Sender sender, String cause) {
		if (sender.isWaiting()) {
			this.waiting--;
			this.tally.failed(cause);
		}
		drop(sender);
	}

	private void drop(Sender sender) {
		sender.close();
		this.senders.remove(sender);
		this.idle.remove(sender);
	}

	private void expire(long now) {
		if (now - this.checked < CHECK) {
			return;
		}
		this.checked = now;
		for (Sender sender : new ArrayList<>(this.senders)) {
			if (sender.hasWaited(PATIENCE, now)) {
				fail(sender, "timeout");
			}
		}
	}

}
