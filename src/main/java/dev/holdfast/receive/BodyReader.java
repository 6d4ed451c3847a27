package dev.holdfast.receive;

import java.io.IOException;
import java.io.InputStream;
import java.util.Arrays;

import dev.holdfast.receive.ReceiveLimits.Admission;

/// Reads a body whole: not one byte more than the limit, not one moment longer than the
/// deadline, and never more memory than was reserved before.
///
/// Memory is reserved as the body arrives, whatever length was declared: who would take the
/// budget from others must send half of what he takes.
final class BodyReader {

	private static final int FIRST = 16 * 1024;

	private final long limit;

	BodyReader(long limit) {
		this.limit = limit;
	}

	boolean accepts(long length) {
		return length <= this.limit;
	}

	/// @param length the declared length, or -1 if none was
	/// @throws RefusedException if the body must not be read on
	/// @throws IOException if it cannot be
	byte[] read(InputStream in, long length, Admission admission, Deadline deadline) throws IOException {
		return ScopedValue.where(EdgeChannel.BODY_DEADLINE, deadline)
			.call(() -> readWithin(in, length, admission, deadline));
	}

	private byte[] readWithin(InputStream in, long length, Admission admission, Deadline deadline) throws IOException {
		// One byte over the limit is enough to know.
		int most = Math.toIntExact((length >= 0) ? length : this.limit + 1);
		byte[] body = grown(new byte[0], Math.min(FIRST, most), admission);
		int total = fill(in, body, 0, deadline);
		while (total == body.length && total < most) {
			body = grown(body, (int) Math.min(2L * total, most), admission);
			total = fill(in, body, total, deadline);
		}
		if (total < length) {
			throw new RefusedException(Answer.ABORTED);
		}
		if (total > this.limit) {
			throw new RefusedException(Answer.TOO_LARGE);
		}
		return (total < body.length) ? Arrays.copyOf(body, total) : body;
	}

	private static byte[] grown(byte[] body, int size, Admission admission) throws RefusedException {
		if (!admission.reserve(size - body.length)) {
			throw new RefusedException(Answer.OVER_BUDGET);
		}
		return Arrays.copyOf(body, size);
	}

	/// @return how many bytes there are then
	private static int fill(InputStream in, byte[] target, int from, Deadline deadline) throws IOException {
		int at = from;
		while (at < target.length) {
			int read = in.read(target, at, target.length - at);
			if (read < 0) {
				break;
			}
			at += read;
			if (at < target.length && deadline.hasPassed()) {
				throw new RefusedException(Answer.BODY_SLOW);
			}
		}
		return at;
	}

}
