package dev.holdfast.buffer;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.Function;

import com.sun.net.httpserver.Headers;
import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;

/// An HTTP server that stands where an object store should be, and answers as told.
final class OddStore implements AutoCloseable {

	private final HttpServer server;

	private final List<Request> requests = new CopyOnWriteArrayList<>();

	private volatile Function<Request, Response> answer = (_) -> new Response(200, Map.of(), "");

	OddStore() throws IOException {
		this.server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
		this.server.createContext("/", this::handle);
		this.server.start();
	}

	URI endpoint() {
		return URI.create("http://127.0.0.1:" + this.server.getAddress().getPort());
	}

	List<Request> requests() {
		return this.requests;
	}

	void answer(Function<Request, Response> answer) {
		this.answer = answer;
	}

	void answer(int status, String body) {
		this.answer = (_) -> new Response(status, Map.of(), body);
	}

	void error(int status, String code) {
		answer(status, "<?xml version=\"1.0\"?><Error><Code>" + code + "</Code><Message>m</Message></Error>");
	}

	private void handle(HttpExchange exchange) throws IOException {
		try (exchange) {
			Request request = new Request(exchange.getRequestMethod(), exchange.getRequestURI(),
					exchange.getRequestHeaders(), exchange.getRequestBody().readAllBytes());
			this.requests.add(request);
			Response response = this.answer.apply(request);
			response.headers.forEach(exchange.getResponseHeaders()::set);
			byte[] body = response.body.getBytes(java.nio.charset.StandardCharsets.UTF_8);
			boolean none = body.length == 0 || request.method.equals("HEAD");
			exchange.sendResponseHeaders(response.status, none ? -1 : body.length);
			if (!none && !response.broken) {
				exchange.getResponseBody().write(body);
			}
		}
	}

	@Override
	public void close() {
		this.server.stop(0);
	}

	@SuppressWarnings("ArrayRecordComponent")
	record Request(String method, URI uri, Headers headers, byte[] body) {
	}

	/// @param broken whether it ends behind its head, which promises more
	record Response(int status, Map<String, String> headers, String body, boolean broken) {

		Response(int status, Map<String, String> headers, String body) {
			this(status, headers, body, false);
		}
	}

}
