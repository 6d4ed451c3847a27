package dev.holdfast.bench;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Arrays;

/// The effects that handlers had, read from their file as it grows.
final class Effects implements AutoCloseable {

	private final FileChannel file;

	private final ByteBuffer buffer = ByteBuffer.allocateDirect(EffectHandler.LENGTH << 14);

	private long[] at = new long[1 << 16];

	private int[] times = new int[1 << 16];

	private int distinct;

	private int repeats;

	private long position;

	Effects(Path path) {
		try {
			this.file = FileChannel.open(path, StandardOpenOption.READ, StandardOpenOption.CREATE_NEW,
					StandardOpenOption.WRITE);
		}
		catch (IOException ex) {
			throw new UncheckedIOException(ex);
		}
	}

	/// Reads what has come.
	/// @return how many deliveries have had their effect by now
	int poll() {
		try {
			while (this.file.read(this.buffer.clear(), this.position) >= EffectHandler.LENGTH) {
				this.buffer.flip();
				while (this.buffer.remaining() >= EffectHandler.LENGTH) {
					take(this.buffer.getInt(), this.buffer.getLong());
					this.position += EffectHandler.LENGTH;
				}
			}
			return this.distinct;
		}
		catch (IOException ex) {
			throw new UncheckedIOException(ex);
		}
	}

	private void take(int number, long time) {
		if (number >= this.at.length) {
			int length = Math.max(number + 1, 2 * this.at.length);
			this.at = Arrays.copyOf(this.at, length);
			this.times = Arrays.copyOf(this.times, length);
		}
		if (this.times[number]++ == 0) {
			this.at[number] = time;
			this.distinct++;
		}
		else {
			this.repeats++;
		}
	}

	/// When a delivery had its first effect, by the monotonic clock; 0 where it had none.
	long at(int number) {
		return (number < this.at.length) ? this.at[number] : 0;
	}

	/// How many effects were had again.
	int repeats() {
		return this.repeats;
	}

	/// How many of the acknowledged have had none.
	int missing(Journal journal) {
		int missing = 0;
		for (int i = 0; i < journal.sent(); i++) {
			missing += (journal.acknowledged(i) != 0 && at(i) == 0) ? 1 : 0;
		}
		return missing;
	}

	@Override
	public void close() {
		try {
			this.file.close();
		}
		catch (IOException ex) {
			throw new UncheckedIOException(ex);
		}
	}

}
