package dev.holdfast.destination;

import java.net.http.HttpResponse.BodySubscriber;
import java.nio.ByteBuffer;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.Flow;
import java.util.concurrent.atomic.AtomicReference;

import org.jspecify.annotations.Nullable;

/// Reads an answer's body and forgets it, so that the connection can be used again. A body
/// that is longer than 64 KiB is cut off with its connection.
///
/// It is its own result, there as soon as the headers are: the status decides, and nobody
/// waits for the body longer than they like.
final class Discard implements BodySubscriber<Discard> {

	private static final long LONGEST = 64 * 1024;

	private final CompletableFuture<@Nullable Void> done = new CompletableFuture<>();

	private final AtomicReference<Flow.@Nullable Subscription> subscription = new AtomicReference<>();

	private long read;

	/// Completed once the body is over or cut off.
	CompletableFuture<@Nullable Void> done() {
		return this.done;
	}

	/// Cuts a body off that is not over, and its connection with it.
	void cutOff() {
		Flow.Subscription body = this.subscription.get();
		if (this.done.complete(null) && body != null) {
			body.cancel();
		}
	}

	@Override
	public CompletionStage<Discard> getBody() {
		return CompletableFuture.completedFuture(this);
	}

	@Override
	public void onSubscribe(Flow.Subscription body) {
		this.subscription.set(body);
		if (this.done.isDone()) {
			body.cancel();
		}
		else {
			body.request(Long.MAX_VALUE);
		}
	}

	@Override
	public void onNext(List<ByteBuffer> buffers) {
		for (ByteBuffer buffer : buffers) {
			this.read += buffer.remaining();
		}
		if (this.read > LONGEST) {
			cutOff();
		}
	}

	@Override
	public void onError(Throwable throwable) {
		this.done.complete(null);
	}

	@Override
	public void onComplete() {
		this.done.complete(null);
	}

}
