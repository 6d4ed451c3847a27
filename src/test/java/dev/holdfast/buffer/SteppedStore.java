package dev.holdfast.buffer;

import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeoutException;

import dev.holdfast.buffer.StoreException.Kind;
import dev.holdfast.schedule.Scheduler;

/// A store whose answers to PUTs are given by the test.
final class SteppedStore extends NoStore {

	private final Scheduler scheduler;

	private final List<Put> puts = new ArrayList<>();

	/// Whether PUTs do not notice that their time is over.
	boolean deaf;

	SteppedStore(Scheduler scheduler) {
		this.scheduler = scheduler;
	}

	/// All PUTs so far, repeated ones included.
	List<Put> puts() {
		return this.puts;
	}

	Put last() {
		return this.puts.getLast();
	}

	/// The first PUT of each segment.
	List<Put> segments() {
		Set<String> keys = new HashSet<>();
		return this.puts.stream().filter((put) -> keys.add(put.key)).toList();
	}

	/// The first PUT of each segment that is not yet answered.
	List<Put> inFlight() {
		Set<String> keys = new HashSet<>();
		return unanswered().stream().filter((put) -> keys.add(put.key)).toList();
	}

	List<Put> unanswered() {
		return this.puts.stream().filter((put) -> !put.ended).toList();
	}

	@Override
	public void put(String key, Payload payload, Duration atMost) throws StoreException {
		Put put = new Put(key, payload.toBytes(), atMost, this.scheduler.nanoTime());
		this.puts.add(put);
		try {
			this.scheduler.await(put.answer, this.deaf ? Duration.ofDays(1) : atMost);
		}
		catch (TimeoutException ex) {
			throw new StoreException(Kind.UNAVAILABLE, "no answer", ex);
		}
		catch (InterruptedException ex) {
			throw new StoreException(Kind.UNAVAILABLE, "interrupted", ex);
		}
		catch (ExecutionException ex) {
			if (ex.getCause() instanceof RuntimeException failure) {
				throw failure;
			}
			throw (StoreException) ex.getCause();
		}
		finally {
			put.ended = true;
		}
	}

	/// A PUT that waits for its answer.
	static final class Put {

		private final String key;

		private final byte[] bytes;

		private final Duration atMost;

		private final long at;

		private final CompletableFuture<Void> answer = new CompletableFuture<>();

		private boolean ended;

		Put(String key, byte[] bytes, Duration atMost, long at) {
			this.key = key;
			this.bytes = bytes;
			this.atMost = atMost;
			this.at = at;
		}

		SegmentKey key() {
			return SegmentKey.parse(this.key).orElseThrow();
		}

		byte[] bytes() {
			return this.bytes;
		}

		int deliveries() {
			return key().deliveries();
		}

		Duration atMost() {
			return this.atMost;
		}

		long at() {
			return this.at;
		}

		/// The ids of its deliveries.
		List<String> ids() {
			return SegmentDecoder.decode(key(), this.bytes)
				.copies()
				.stream()
				.map((copy) -> copy.delivery().id().value())
				.toList();
		}

		void succeed() {
			this.answer.complete(null);
		}

		void fail(Kind kind) {
			this.answer.completeExceptionally(new StoreException(kind, kind.name(), null));
		}

		void breakWith(RuntimeException failure) {
			this.answer.completeExceptionally(failure);
		}

	}

}
