package dev.holdfast.buffer;

import java.time.Duration;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.random.RandomGenerator;

import dev.holdfast.buffer.SegmentEncoder.Encoded;
import dev.holdfast.delivery.Copy;
import dev.holdfast.schedule.Scheduler;
import io.micrometer.core.instrument.DistributionSummary;
import org.jspecify.annotations.Nullable;

/// Puts what arrived while the previous PUT was in flight into one segment. An idle
/// replica stores each delivery at once and alone.
///
/// One PUT is in flight while it keeps up. Another joins when a sixth of the largest
/// batch is waiting, or when those in flight are slow (three times the usual), up to
/// [PutLimit]. None begins within the interval after another began, unless a largest batch
/// is waiting. Who has given up leaves the batch before its PUT; each of the others gets
/// the PUT's fate.
final class GroupCommit implements DeliveryBuffer {

	static final long LARGEST = 4L << 20;

	/// With a larger share deliveries wait for company more than for the store, with a
	/// smaller one the store is asked more often than it need be.
	private static final int JOINING_SHARE = 6;

	/// How often deadlines are looked at, and so how late one may be noticed; and after
	/// what time a PUT is slow to those who make room while they wait.
	private static final Duration GLANCE = Duration.ofMillis(100);

	private final int maxDeliveries;

	private final Duration interval;

	private final StoreBreaker breaker;

	private final SegmentListener listener;

	private final Scheduler scheduler;

	private final RandomGenerator random;

	private final DistributionSummary batches;

	private final PutPace pace = new PutPace();

	private final PutLimit limit = new PutLimit();

	private final SegmentPuts puts;

	private final Set<Entry> pending = new LinkedHashSet<>();

	private final List<Flight> inFlight = new ArrayList<>();

	private long pendingBytes;

	private long intervalEnds;

	private boolean closed;

	private boolean watching;

	GroupCommit(BufferProperties properties, ObjectStore store, StoreBreaker breaker, SegmentListener listener,
			Scheduler scheduler, RandomGenerator random, DistributionSummary batches) {
		this.maxDeliveries = properties.maxDeliveries();
		this.interval = properties.putInterval();
		this.puts = new SegmentPuts(store, breaker, this.limit, this.pace, scheduler, random);
		this.breaker = breaker;
		this.listener = listener;
		this.scheduler = scheduler;
		this.random = random;
		this.batches = batches;
		this.intervalEnds = scheduler.nanoTime();
		breaker.onOpen(() -> failPending(Cause.BREAKER_OPEN));
	}

	@Override
	public void hold(Copy copy, long deadline, Runnable slow) throws NotHeldException, InterruptedException {
		Entry entry = new Entry(SegmentEncoder.encode(copy), deadline, slow);
		if (this.breaker.isOpen()) {
			throw new NotHeldException(Cause.BREAKER_OPEN);
		}
		synchronized (this) {
			if (this.closed) {
				throw new NotHeldException(Cause.SHUTTING_DOWN);
			}
			this.pending.add(entry);
			this.pendingBytes += entry.encoded.length();
			launch();
			watch();
		}
		try {
			this.scheduler.await(entry.fate);
		}
		catch (InterruptedException ex) {
			giveUp(entry);
			throw ex;
		}
		catch (ExecutionException ex) {
			if (ex.getCause() instanceof NotHeldException failure) {
				throw new NotHeldException(failure.reason());
			}
			throw new IllegalStateException(ex.getCause());
		}
	}

	/// Refuses what comes, and waits for the PUTs in flight.
	void close() throws InterruptedException {
		synchronized (this) {
			this.closed = true;
			launch();
			while (!this.inFlight.isEmpty()) {
				wait();
			}
		}
	}

	private synchronized void giveUp(Entry entry) {
		if (this.pending.remove(entry)) {
			this.pendingBytes -= entry.encoded.length();
		}
	}

	/// One look at all deadlines: a timed wait for each delivery costs a tenth of the
	/// CPU of receiving it.
	private void watch() {
		if (!this.watching) {
			this.watching = true;
			this.scheduler.after(GLANCE, "deadlines", this::expire);
		}
	}

	private synchronized void expire() {
		long now = this.scheduler.nanoTime();
		List.copyOf(this.pending).stream().filter((entry) -> entry.isPast(now)).forEach((entry) -> {
			giveUp(entry);
			entry.fail(Cause.STORE_SLOW);
		});
		for (Flight flight : this.inFlight) {
			flight.batch.stream().filter((entry) -> entry.isPast(now)).forEach((entry) -> entry.fail(Cause.STORE_SLOW));
			if (now - flight.began >= GLANCE.toNanos()) {
				flight.batch.forEach((entry) -> entry.slow.run());
			}
		}
		this.watching = false;
		if (!this.pending.isEmpty() || !this.inFlight.isEmpty()) {
			watch();
		}
	}

	private synchronized void failPending(Cause cause) {
		this.pending.forEach((entry) -> entry.fail(cause));
		this.pending.clear();
		this.pendingBytes = 0;
	}

	private synchronized void launch() {
		while (!this.pending.isEmpty() && mayLaunch()) {
			List<Entry> batch = take();
			Duration slow = this.pace.slow();
			long now = this.scheduler.nanoTime();
			Flight flight = new Flight(batch, now, now + slow.toNanos());
			this.inFlight.add(flight);
			this.intervalEnds = now + this.interval.toNanos();
			this.scheduler.after(this.interval, "put-next", this::launch);
			Scheduler.Task look = this.scheduler.after(slow, "put-slow", this::launch);
			this.scheduler.start("put", () -> {
				try {
					put(batch, now);
				}
				finally {
					look.cancel();
					landed(flight);
				}
			});
		}
	}

	private boolean mayLaunch() {
		if (this.inFlight.size() >= this.limit.now()) {
			return false;
		}
		if (this.closed || isWaiting(this.maxDeliveries, LARGEST)) {
			return true;
		}
		long now = this.scheduler.nanoTime();
		return now - this.intervalEnds >= 0 && (this.inFlight.isEmpty() || now - this.inFlight.getLast().slowFrom >= 0
				|| isWaiting(Math.ceilDiv(this.maxDeliveries, JOINING_SHARE), LARGEST / JOINING_SHARE));
	}

	private boolean isWaiting(int deliveries, long bytes) {
		return this.pending.size() >= deliveries || this.pendingBytes >= bytes;
	}

	private List<Entry> take() {
		List<Entry> batch = new ArrayList<>();
		long bytes = 0;
		for (Iterator<Entry> entries = this.pending.iterator(); entries.hasNext();) {
			Entry entry = entries.next();
			long length = entry.encoded.length();
			if (!batch.isEmpty() && (batch.size() == this.maxDeliveries || bytes + length > LARGEST)) {
				break;
			}
			batch.add(entry);
			bytes += length;
			entries.remove();
		}
		this.pendingBytes -= bytes;
		return batch;
	}

	private synchronized void landed(Flight flight) {
		this.inFlight.remove(flight);
		notifyAll();
		launch();
	}

	private void put(List<Entry> batch, long started) {
		SegmentKey key;
		Cause failure;
		try {
			Payload payload = SegmentEncoder.payload(batch.stream().map((entry) -> entry.encoded).toList());
			key = SegmentKey.create(SegmentKey.INBOX, this.scheduler.now(), this.random, batch.size(), payload.length(),
					this.listener.processes());
			failure = this.puts.put(key.objectKey(), payload, firstDeadline(batch));
		}
		catch (RuntimeException | Error ex) {
			batch.forEach((entry) -> entry.fail(Cause.STORE_FAILED));
			throw ex;
		}
		if (failure != null) {
			batch.forEach((entry) -> entry.fail(failure));
			return;
		}
		this.pace.took(Duration.ofNanos(this.scheduler.nanoTime() - started));
		this.batches.record(batch.size());
		batch.forEach((entry) -> entry.fate.complete(null));
		this.listener.stored(key, batch.stream().map((entry) -> entry.encoded.copy()).toList());
	}

	private static long firstDeadline(List<Entry> batch) {
		long first = batch.getFirst().deadline;
		for (Entry entry : batch) {
			first = (entry.deadline - first < 0) ? entry.deadline : first;
		}
		return first;
	}

	/// A PUT in flight.
	///
	/// @param slowFrom from when on it is slow: when it is looked at, whatever the others
	/// took meanwhile
	private record Flight(List<Entry> batch, long began, long slowFrom) {
	}

	/// A waiter. Its identity is the object's: two equal deliveries are two waiters.
	private static final class Entry {

		private final Encoded encoded;

		private final long deadline;

		private final Runnable slow;

		private final CompletableFuture<Void> fate = new CompletableFuture<>();

		Entry(Encoded encoded, long deadline, Runnable slow) {
			this.encoded = encoded;
			this.deadline = deadline;
			this.slow = slow;
		}

		boolean isPast(long now) {
			return now - this.deadline >= 0;
		}

		void fail(Cause cause) {
			this.fate.completeExceptionally(new NotHeldException(cause));
		}

	}

}
