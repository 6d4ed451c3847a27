package dev.holdfast.bench;

import java.util.HashMap;
import java.util.Locale;
import java.util.Map;

import dev.holdfast.bench.StoreCounts.Kind;

/// The head of a request to the stub store.
///
/// @param object the key that it is about; empty where it is about the bucket
/// @param queries the query, decoded
/// @param headers by their names in lower case
record StubRequest(String method, String object, Map<String, String> queries, Map<String, String> headers) {

	static final StubRequest NONE = new StubRequest("", "", Map.of(), Map.of());

	static StubRequest parse(String head) {
		String[] lines = head.split("\r\n");
		String[] request = lines[0].split(" ");
		String[] target = request[1].split("\\?", 2);
		Map<String, String> queries = new HashMap<>();
		if (target.length == 2) {
			for (String query : target[1].split("&")) {
				String[] pair = query.split("=", 2);
				queries.put(pair[0], (pair.length == 2) ? StubConnection.decode(pair[1]) : "");
			}
		}
		Map<String, String> headers = new HashMap<>();
		for (int i = 1; i < lines.length; i++) {
			int colon = lines[i].indexOf(':');
			headers.put(lines[i].substring(0, colon).toLowerCase(Locale.ROOT), lines[i].substring(colon + 1).strip());
		}
		return new StubRequest(request[0], withoutBucket(target[0]), queries, headers);
	}

	private static String withoutBucket(String path) {
		int slash = path.indexOf('/', 1);
		return (slash < 0) ? "" : StubConnection.decode(path.substring(slash + 1));
	}

	Kind kind() {
		return switch (this.method) {
			case "PUT" -> source().isEmpty() ? Kind.PUT : Kind.COPY;
			case "GET" ->
				this.queries.containsKey("list-type") ? Kind.LIST : this.object.isEmpty() ? Kind.OTHER : Kind.GET;
			case "HEAD" -> Kind.HEAD;
			case "POST", "DELETE" -> Kind.DELETE;
			default -> Kind.OTHER;
		};
	}

	/// The key to copy from; empty where nothing is copied.
	String source() {
		String source = header("x-amz-copy-source");
		return source.isEmpty() ? "" : withoutBucket(source.startsWith("/") ? source : "/" + source);
	}

	int length() {
		String length = header("content-length");
		return length.isEmpty() ? 0 : Integer.parseInt(length);
	}

	boolean expectsContinue() {
		return header("expect").equalsIgnoreCase("100-continue");
	}

	String header(String name) {
		return this.headers.getOrDefault(name, "");
	}

	String query(String name) {
		return this.queries.getOrDefault(name, "");
	}

}
