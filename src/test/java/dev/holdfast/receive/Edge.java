package dev.holdfast.receive;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Base64;

import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;

import dev.holdfast.delivery.Copy;
import dev.holdfast.telemetry.Meters;
import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.MeterRegistry;
import jakarta.servlet.Servlet;
import org.apache.catalina.connector.Connector;
import org.junit.jupiter.api.extension.BeforeEachCallback;
import org.junit.jupiter.api.extension.ExtensionContext;
import org.junit.jupiter.api.extension.ExtensionContext.Namespace;
import org.junit.jupiter.api.extension.ParameterContext;
import org.junit.jupiter.api.extension.ParameterResolver;

import org.springframework.boot.SpringApplication;
import org.springframework.boot.tomcat.TomcatWebServer;
import org.springframework.boot.web.server.servlet.context.ServletWebServerApplicationContext;
import org.springframework.boot.web.servlet.ServletRegistrationBean;
import org.springframework.context.ConfigurableApplicationContext;

/// The edge on a free port of the loopback, started once for all tests.
final class Edge implements AutoCloseable {

	static final String SECRET = "shpss_canary-secret-0123456789abcdef";

	static final int PERMITS = 8;

	private static final String FAMILY = "X-Shopify-";

	final Path secrets;

	private final ConfigurableApplicationContext context;

	private Edge(int permits) {
		try {
			this.secrets = Files.createTempDirectory(Files.createDirectories(Path.of("target")), "secrets-");
			Files.writeString(this.secrets.resolve("first"), SECRET + "\n");
		}
		catch (IOException ex) {
			throw new IllegalStateException(ex);
		}
		SpringApplication application = new SpringApplication(EdgeApplication.class);
		this.context = application.run("--server.port=0", "--server.address=127.0.0.1",
				"--management.endpoint.health.validate-group-membership=false",
				"--holdfast.receive.secrets-directory=" + this.secrets, "--holdfast.receive.max-concurrent=" + permits,
				"--spring.main.banner-mode=off");
	}

	/// One of its own for a test.
	static Edge start(int permits) {
		return new Edge(permits);
	}

	int port() {
		return ((ServletWebServerApplicationContext) this.context).getWebServer().getPort();
	}

	/// What accepts the connections.
	Connector connector() {
		return ((TomcatWebServer) ((ServletWebServerApplicationContext) this.context).getWebServer()).getTomcat()
			.getConnector();
	}

	<T> T bean(Class<T> type) {
		return this.context.getBean(type);
	}

	FakeBuffer buffer() {
		return bean(FakeBuffer.class);
	}

	/// The servlet without its container.
	Servlet servlet() {
		return this.context.getBean("webhook", ServletRegistrationBean.class).getServlet();
	}

	Copy onlyCopy() {
		if (buffer().held.size() != 1) {
			throw new AssertionError("held " + buffer().held.size() + " copies");
		}
		return buffer().held.getFirst();
	}

	RawClient connect() throws IOException {
		return new RawClient(port());
	}

	RawClient.Reply send(String request) throws IOException {
		return send(request.getBytes(StandardCharsets.UTF_8));
	}

	RawClient.Reply send(byte[] request) throws IOException {
		try (RawClient client = connect()) {
			client.write(request);
			boolean head = request[0] == 'H' && request[1] == 'E';
			return head ? client.readHead() : client.read();
		}
	}

	double refused(Answer answer) {
		return count(Meters.REFUSED, answer.reason());
	}

	/// The count of a meter, of one reason or of all.
	double count(Meters meter, String... reason) {
		return bean(MeterRegistry.class).find(meter.id())
			.tags((reason.length == 0) ? new String[0] : new String[] { "reason", reason[0] })
			.counters()
			.stream()
			.mapToDouble(Counter::count)
			.sum();
	}

	/// A genuine delivery as Shopify sends it.
	static byte[] genuine(byte[] body, String... extraHeaders) {
		return request(body, headers(FAMILY, sign(body), body.length, extraHeaders));
	}

	static byte[] genuine(String body, String... extraHeaders) {
		return genuine(body.getBytes(StandardCharsets.UTF_8), extraHeaders);
	}

	static String headers(String family, String signature, long length, String... extra) {
		return "POST /webhook HTTP/1.1\r\nHost: hooks.example.com\r\nContent-Type: application/json\r\n" + family
				+ "Topic: orders/create\r\n" + family + "Shop-Domain: example.myshopify.com\r\n" + family
				+ "Webhook-Id: b54557e4\r\n" + family + "Hmac-Sha256: " + signature + "\r\n"
				+ ((length >= 0) ? "Content-Length: " + length + "\r\n" : "")
				+ ((extra.length > 0) ? String.join("\r\n", extra) + "\r\n" : "") + "\r\n";
	}

	static byte[] request(byte[] body, String head) {
		byte[] headBytes = head.getBytes(StandardCharsets.UTF_8);
		byte[] all = new byte[headBytes.length + body.length];
		System.arraycopy(headBytes, 0, all, 0, headBytes.length);
		System.arraycopy(body, 0, all, headBytes.length, body.length);
		return all;
	}

	static String sign(byte[] body) {
		return sign(body, SECRET);
	}

	static String sign(byte[] body, String secret) {
		try {
			Mac mac = Mac.getInstance("HmacSHA256");
			mac.init(new SecretKeySpec(secret.getBytes(StandardCharsets.UTF_8), "HmacSHA256"));
			return Base64.getEncoder().encodeToString(mac.doFinal(body));
		}
		catch (java.security.GeneralSecurityException ex) {
			throw new IllegalStateException(ex);
		}
	}

	static byte[] bytes(String text) {
		return text.getBytes(StandardCharsets.UTF_8);
	}

	@Override
	public void close() {
		this.context.close();
	}

	/// Gives tests the edge, with an empty buffer.
	static final class Extension implements ParameterResolver, BeforeEachCallback {

		private static final Namespace NAMESPACE = Namespace.create(Edge.class);

		@Override
		public void beforeEach(ExtensionContext context) {
			edge(context).buffer().reset();
		}

		@Override
		public boolean supportsParameter(ParameterContext parameter, ExtensionContext context) {
			return parameter.getParameter().getType() == Edge.class;
		}

		@Override
		public Edge resolveParameter(ParameterContext parameter, ExtensionContext context) {
			return edge(context);
		}

		private static Edge edge(ExtensionContext context) {
			return context.getRoot()
				.getStore(NAMESPACE)
				.computeIfAbsent(Edge.class, (key) -> new Edge(PERMITS), Edge.class);
		}

	}

}
