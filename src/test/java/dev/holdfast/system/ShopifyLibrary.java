package dev.holdfast.system;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.io.Writer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;

import dev.holdfast.fixture.OwnedProcess;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/// Shopify's own library, `@shopify/shopify-api`, in a Node.js process.
final class ShopifyLibrary implements AutoCloseable {

	private static final Path DIRECTORY = Path.of("target", "shopify-api").toAbsolutePath();

	private static final List<String> FILES = List.of("package.json", "package-lock.json", "check.mjs");

	private static final long PATIENCE_SECONDS = 120;

	private static final JsonMapper JSON = new JsonMapper();

	private final Process process;

	private final Writer requests;

	private final BufferedReader answers;

	private ShopifyLibrary(Process process) {
		this.process = process;
		this.requests = process.outputWriter(StandardCharsets.UTF_8);
		this.answers = process.inputReader(StandardCharsets.UTF_8);
	}

	/// Puts the library into `target/shopify-api` with npm.
	/// @return why it is not there, or an empty text
	static String install() {
		if (!OwnedProcess.onPath("node") || !OwnedProcess.onPath("npm")) {
			return "node and npm are not on the PATH";
		}
		try {
			Files.createDirectories(DIRECTORY);
			for (String file : FILES) {
				Files.copy(Path.of("src", "test", "resources", "shopify-api", file), DIRECTORY.resolve(file),
						StandardCopyOption.REPLACE_EXISTING);
			}
			Path log = DIRECTORY.resolve("npm.log");
			Process npm = new ProcessBuilder("npm", "install", "--no-audit", "--no-fund", "--prefer-offline")
				.directory(DIRECTORY.toFile())
				.redirectErrorStream(true)
				.redirectOutput(log.toFile())
				.start();
			if (!npm.waitFor(PATIENCE_SECONDS, TimeUnit.SECONDS)) {
				npm.destroyForcibly();
				return "npm does not end, see " + log;
			}
			return (npm.exitValue() == 0) ? "" : "npm cannot install @shopify/shopify-api, see " + log;
		}
		catch (IOException ex) {
			throw new UncheckedIOException(ex);
		}
		catch (InterruptedException ex) {
			Thread.currentThread().interrupt();
			throw new IllegalStateException(ex);
		}
	}

	static ShopifyLibrary start(String secret) {
		try {
			ProcessBuilder builder = new ProcessBuilder("node", "check.mjs").directory(DIRECTORY.toFile())
				.redirectError(ProcessBuilder.Redirect.INHERIT);
			builder.environment().put("SECRET", secret);
			return new ShopifyLibrary(builder.start());
		}
		catch (IOException ex) {
			throw new UncheckedIOException(ex);
		}
	}

	/// The signature of a body.
	String sign(byte[] body) {
		return ask(Map.of("sign", true, "body", Base64.getEncoder().encodeToString(body))).get("signature").asString();
	}

	/// What `webhooks.validate` says of a request.
	JsonNode validate(Map<String, String> headers, byte[] body) {
		return ask(Map.of("headers", headers, "body", Base64.getEncoder().encodeToString(body)));
	}

	private JsonNode ask(Map<String, Object> request) {
		try {
			this.requests.write(JSON.writeValueAsString(request) + "\n");
			this.requests.flush();
			String answer = this.answers.readLine();
			if (answer == null) {
				throw new IllegalStateException("node ended");
			}
			return JSON.readTree(answer);
		}
		catch (IOException ex) {
			throw new UncheckedIOException(ex);
		}
	}

	@Override
	public void close() {
		this.process.destroy();
	}

}
