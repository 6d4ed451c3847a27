package dev.holdfast.container;

import java.time.Duration;
import java.util.function.Function;
import java.util.stream.Stream;

/// A backup of the stack's Redis, taken and brought back as `docs/backup.md` says, into a
/// server beside the stack.
final class Backup implements AutoCloseable {

	/// How many records there are, and a digest of their names, values and ends. What
	/// ends within 10 min does not count.
	private static final String DIGEST = """
			local cursor, lines, soon = '0', {}, redis.call('TIME')[1] * 1000 + 600000
			repeat
				local page = redis.call('SCAN', cursor, 'COUNT', 1000)
				cursor = page[1]
				for _, key in ipairs(page[2]) do
					local ends = redis.call('PEXPIRETIME', key)
					if ends > soon then
						lines[#lines + 1] = key .. ' ' .. ends .. ' ' .. redis.sha1hex(redis.call('DUMP', key))
					end
				end
			until cursor == '0'
			table.sort(lines)
			return #lines .. ' ' .. redis.sha1hex(table.concat(lines, ' '))""";

	private final Stack stack;

	private final String volume;

	private String container = "";

	Backup(Stack stack) {
		this.stack = stack;
		this.volume = stack.name("restored");
	}

	/// @return what it said
	String take() {
		return this.stack.compose("run", "--rm", "backup");
	}

	/// Into an empty directory, on which a server with the settings of the stack starts.
	void restore() {
		this.stack.compose("run", "--rm", "--volume", this.volume + ":/data", "backup", "restore", "/data");
		this.container = this.stack
			.docker("run", "--detach", "--volume", this.volume + ":/data", "--env", "REDIS_ADDRESS=127.0.0.1", "--env",
					"REDIS_PRIMARY=127.0.0.1", "--env", "REDIS_OPERATOR_PASSWORD=operator", "--volume",
					System.getProperty("user.dir") + "/deploy/redis:/etc/holdfast:ro", "--user", "redis", "redis:8",
					"/etc/holdfast/start", "redis")
			.strip();
		Stack.await("the restored Redis has loaded", Duration.ofSeconds(20),
				() -> this.stack.docker("logs", this.container).contains("Ready to accept connections"));
	}

	String restored(String... command) {
		String[] start = { "--env", "REDISCLI_AUTH=operator", this.container, "redis-cli", "--no-auth-warning",
				"--user", "operator" };
		return this.stack.docker("exec", Stream.concat(Stream.of(start), Stream.of(command)).toArray(String[]::new));
	}

	static String digest(Function<String[], String> redis) {
		return redis.apply(new String[] { "eval", DIGEST, "0" }).strip();
	}

	@Override
	public void close() {
		if (!this.container.isEmpty()) {
			this.stack.docker("rm", "--force", "--volumes", this.container);
		}
		this.stack.docker("volume", "rm", "--force", this.volume);
	}

}
