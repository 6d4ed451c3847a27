package dev.holdfast.buffer;

import java.util.Locale;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;

import javax.net.ssl.SSLException;

import dev.holdfast.buffer.StoreException.Kind;
import dev.holdfast.telemetry.Meters;
import io.micrometer.core.instrument.MeterRegistry;
import org.jspecify.annotations.Nullable;
import software.amazon.awssdk.core.exception.AbortedException;
import software.amazon.awssdk.core.exception.SdkServiceException;
import software.amazon.awssdk.services.s3.model.S3Exception;

/// Runs calls to the store: counts them, and turns what the SDK throws, and whatever goes
/// wrong with its answer, into what decides the next step.
final class StoreCalls {

	private static final int NOT_FOUND = 404;

	private static final int SERVER_ERROR = 500;

	private static final Set<String> SLOW_DOWN = Set.of("SlowDown", "TooManyRequests", "RequestLimitExceeded",
			"Throttling", "ThrottlingException", "BandwidthLimitExceeded");

	private final MeterRegistry meters;

	private final StorePressure pressure;

	StoreCalls(MeterRegistry meters, StorePressure pressure) {
		this.meters = meters;
		this.pressure = pressure;
	}

	<T extends @Nullable Object> T run(Operation operation, Supplier<T> call) throws StoreException {
		long start = System.nanoTime();
		try {
			T result = call.get();
			record(operation, "ok", start);
			return result;
		}
		catch (RuntimeException ex) {
			// Not only an SdkException: an answer may break off behind its head, or
			// lack what it must have.
			if (ex instanceof AbortedException) {
				Thread.currentThread().interrupt();
			}
			Kind kind = kind(ex);
			record(operation, kind.name(), start);
			if (kind == Kind.SLOW_DOWN) {
				this.pressure.slowedDown();
			}
			throw new StoreException(kind, message(ex), ex);
		}
	}

	private void record(Operation operation, String outcome, long start) {
		this.meters.timer(Meters.STORE_REQUESTS.id(), "operation", tag(operation.name()), "outcome", tag(outcome))
			.record(System.nanoTime() - start, TimeUnit.NANOSECONDS);
	}

	private static String tag(String name) {
		return name.toLowerCase(Locale.ROOT).replace('_', '-');
	}

	private static Kind kind(RuntimeException failure) {
		if (!(failure instanceof SdkServiceException answer)) {
			return Kind.UNAVAILABLE;
		}
		String code = code(failure);
		if (answer.statusCode() == 429 || SLOW_DOWN.contains(code)) {
			return Kind.SLOW_DOWN;
		}
		if (answer.statusCode() == NOT_FOUND && !code.equals("NoSuchBucket")) {
			return Kind.NOT_FOUND;
		}
		return (answer.statusCode() >= SERVER_ERROR) ? Kind.UNAVAILABLE : Kind.REFUSED;
	}

	private static String code(RuntimeException failure) {
		if (failure instanceof S3Exception answer && answer.awsErrorDetails() != null
				&& answer.awsErrorDetails().errorCode() != null) {
			return answer.awsErrorDetails().errorCode();
		}
		return "";
	}

	private static String message(RuntimeException failure) {
		if (failure instanceof SdkServiceException answer) {
			return ("HTTP " + answer.statusCode() + " " + code(failure)).strip();
		}
		boolean tls = false;
		Throwable root = failure;
		while (root.getCause() != null) {
			root = root.getCause();
			tls = tls || root instanceof SSLException;
		}
		String name = root.getClass().getSimpleName();
		return tls ? "no TLS (" + name + "): is the certificate of the store made for the name in its endpoint, "
				+ "and its CA trusted? A CA of your own is set by holdfast.store.ssl-bundle" : name;
	}

	/// What is asked of a store, as it is billed and limited.
	enum Operation {

		PUT, GET, HEAD, LIST, COPY, DELETE

	}

}
