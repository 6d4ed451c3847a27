package dev.holdfast.receive;

import java.io.IOException;
import java.io.InputStream;
import java.util.ArrayList;
import java.util.List;

import dev.holdfast.receive.ReceiveLimits.Admission;

/// Reads a body whole: not one byte more than the limit, not one moment longer than the
/// deadline, and never more memory than was reserved before.
final class BodyReader {

	private static final int STEP = 64 * 1024;

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
			.call(() -> (length >= 0) ? readDeclared(in, length, admission, deadline)
					: readUndeclared(in, admission, deadline));
	}

	private byte[] readDeclared(InputStream in, long length, Admission admission, Deadline deadline)
			throws IOException {
		reserve(admission, length);
		byte[] body = new byte[Math.toIntExact(length)];
		if (fill(in, body, deadline) < body.length) {
			throw new RefusedException(Answer.ABORTED);
		}
		return body;
	}

	private byte[] readUndeclared(InputStream in, Admission admission, Deadline deadline) throws IOException {
		List<byte[]> full = new ArrayList<>();
		long total = 0;
		boolean more = true;
		while (more) {
			// One byte over the limit is enough to know.
			int wanted = (int) Math.min(STEP, this.limit + 1 - total);
			reserve(admission, wanted);
			byte[] part = new byte[wanted];
			int read = fill(in, part, deadline);
			total += read;
			if (total > this.limit) {
				throw new RefusedException(Answer.TOO_LARGE);
			}
			full.add(part);
			more = read == wanted;
		}
		return join(full, Math.toIntExact(total));
	}

	private static void reserve(Admission admission, long bytes) throws RefusedException {
		if (!admission.reserve(bytes)) {
			throw new RefusedException(Answer.OVER_BUDGET);
		}
	}

	private static int fill(InputStream in, byte[] target, Deadline deadline) throws IOException {
		int at = 0;
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

	private static byte[] join(List<byte[]> parts, int length) {
		byte[] body = new byte[length];
		for (int i = 0; i < parts.size(); i++) {
			System.arraycopy(parts.get(i), 0, body, i * STEP, Math.min(STEP, length - i * STEP));
		}
		return body;
	}

}
