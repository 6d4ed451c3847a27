package dev.holdfast.receive;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.regex.Pattern;

import dev.holdfast.receive.KeyRing.Key;
import dev.holdfast.schedule.Scheduler;
import dev.holdfast.telemetry.Condition;
import dev.holdfast.telemetry.Conditions;
import org.jspecify.annotations.Nullable;

/// The key ring, read from the settings and again every 10 s from a directory.
///
/// A ring replaces another only whole: while one file cannot be used, all keys read
/// before stay in force and [Condition#SECRET_UNREADABLE] names the file. There is always
/// a key: without one the application does not start.
final class SecretSource implements AutoCloseable {

	static final String SETTING = "holdfast.receive.secret";

	static final String DIRECTORY_SETTING = "holdfast.receive.secrets-directory";

	static final String VARIABLE = "SHOPIFY_WEBHOOK_SECRET";

	private static final Duration INTERVAL = Duration.ofSeconds(10);

	private static final int SHORTEST = 16;

	private static final int LONGEST = 4096;

	private static final Pattern NAME = Pattern.compile("[A-Za-z0-9._-]{1,64}");

	private final @Nullable Key configured;

	private final @Nullable Path directory;

	private final Scheduler scheduler;

	private final Conditions conditions;

	private volatile KeyRing ring;

	private volatile Scheduler.@Nullable Task next;

	private volatile boolean closed;

	/// @throws UnusableSettingException if there is no secret, or one cannot be used
	SecretSource(@Nullable Secret secret, @Nullable Path directory, Scheduler scheduler, Conditions conditions) {
		this.directory = directory;
		this.scheduler = scheduler;
		this.conditions = conditions;
		try {
			this.configured = configured(secret);
			this.ring = read();
		}
		catch (UnusableSecretException ex) {
			throw new UnusableSettingException(ex.problem(),
					"Set " + VARIABLE + " (or " + SETTING + ") to the app's client secret, or " + DIRECTORY_SETTING
							+ " to a directory with one secret of at least " + SHORTEST + " bytes in each file.");
		}
	}

	KeyRing ring() {
		return this.ring;
	}

	/// Reads the directory every 10 s from now on.
	void start() {
		if (this.directory != null && !this.closed) {
			this.next = this.scheduler.after(INTERVAL, "secrets", () -> {
				refresh();
				start();
			});
		}
	}

	/// Reads the directory once.
	void refresh() {
		try {
			this.ring = read();
			this.conditions.clear(Condition.SECRET_UNREADABLE);
		}
		catch (UnusableSecretException ex) {
			this.conditions.raise(Condition.SECRET_UNREADABLE,
					ex.problem() + " The keys read before stay in force; correct " + DIRECTORY_SETTING + ".");
		}
	}

	@Override
	public void close() {
		this.closed = true;
		Scheduler.Task task = this.next;
		if (task != null) {
			task.cancel();
		}
	}

	private static @Nullable Key configured(@Nullable Secret secret) throws UnusableSecretException {
		if (secret == null || secret.value().isEmpty()) {
			return null;
		}
		return key("current", secret.value().getBytes(StandardCharsets.UTF_8),
				"The secret in " + VARIABLE + " (" + SETTING + ")");
	}

	private KeyRing read() throws UnusableSecretException {
		List<Key> keys = new ArrayList<>();
		if (this.configured != null) {
			keys.add(this.configured);
		}
		if (this.directory != null) {
			readDirectory(this.directory, keys);
		}
		if (keys.isEmpty()) {
			throw new UnusableSecretException((this.directory != null)
					? "There is no secret in " + this.directory + " (" + DIRECTORY_SETTING + ")."
					: "No secret is set: neither " + VARIABLE + " nor " + DIRECTORY_SETTING + ".");
		}
		return new KeyRing(keys);
	}

	private static void readDirectory(Path directory, List<Key> keys) throws UnusableSecretException {
		// A mounted Kubernetes secret has its files behind links, and beside them
		// `..data` and a directory named by time.
		try (DirectoryStream<Path> entries = Files.newDirectoryStream(directory, (path) -> !isHidden(path))) {
			List<Path> files = new ArrayList<>();
			entries.forEach(files::add);
			files.sort(Comparator.naturalOrder());
			for (Path file : files) {
				if (!Files.isDirectory(file)) {
					keys.add(readFile(file));
				}
			}
		}
		catch (IOException | java.nio.file.DirectoryIteratorException ex) {
			throw new UnusableSecretException("The directory " + directory + " cannot be read.");
		}
	}

	private static boolean isHidden(Path path) {
		return path.getFileName().toString().startsWith(".");
	}

	private static Key readFile(Path file) throws UnusableSecretException {
		String name = file.getFileName().toString();
		if (!NAME.matcher(name).matches()) {
			throw new UnusableSecretException("A secret file in " + file.getParent()
					+ " has a name other than 1 to 64 of the characters A-Z a-z 0-9 . _ -");
		}
		try {
			if (!Files.isRegularFile(file) || Files.size(file) > LONGEST) {
				throw new UnusableSecretException("The secret file " + file + " is not a short regular file.");
			}
			return key(name, Files.readAllBytes(file), "The secret in the file " + file);
		}
		catch (IOException ex) {
			throw new UnusableSecretException("The secret file " + file + " cannot be read.");
		}
	}

	private static Key key(String name, byte[] bytes, String what) throws UnusableSecretException {
		int end = bytes.length;
		while (end > 0 && (bytes[end - 1] == '\n' || bytes[end - 1] == '\r')) {
			end--;
		}
		byte[] secret = Arrays.copyOf(bytes, end);
		if (new String(secret, StandardCharsets.ISO_8859_1).isBlank()) {
			throw new UnusableSecretException(what + " is blank.");
		}
		if (secret.length < SHORTEST) {
			throw new UnusableSecretException(what + " is shorter than " + SHORTEST + " bytes.");
		}
		return new Key(name, secret);
	}

	/// A secret cannot be used; says which, never what it is.
	private static final class UnusableSecretException extends Exception {

		private static final long serialVersionUID = 1L;

		private final String problem;

		UnusableSecretException(String problem) {
			super(problem);
			this.problem = problem;
		}

		String problem() {
			return this.problem;
		}

	}

}
