package dev.holdfast.receive;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.LoggerContext;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.classic.spi.ThrowableProxyUtil;
import ch.qos.logback.core.read.ListAppender;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.slf4j.LoggerFactory;

import static org.assertj.core.api.Assertions.assertThat;

/// Nothing from a delivery reaches the logs, whatever the level.
@ExtendWith(Edge.Extension.class)
class LogCanaryTests {

	private static final Map<String, Level> LEVELS = Map.of("dev.holdfast", Level.TRACE, "org.springframework.web",
			Level.DEBUG, "org.apache", Level.DEBUG);

	private final LoggerContext logging = (LoggerContext) LoggerFactory.getILoggerFactory();

	private final ListAppender<ILoggingEvent> lines = new ListAppender<>();

	private final Edge edge;

	LogCanaryTests(Edge edge) {
		this.edge = edge;
	}

	@BeforeEach
	void listen() {
		this.lines.start();
		LEVELS.forEach((name, level) -> {
			Logger logger = this.logging.getLogger(name);
			logger.setLevel(level);
			logger.setAdditive(false);
			logger.addAppender(this.lines);
		});
	}

	@AfterEach
	void stopListening() {
		LEVELS.keySet().forEach((name) -> {
			Logger logger = this.logging.getLogger(name);
			logger.setLevel(null);
			logger.setAdditive(true);
			logger.detachAppender(this.lines);
		});
	}

	@Test
	void logsNoBodyNoSecretAndNoSignature() throws IOException {
		String form = "email=body-canary&x=1";
		byte[] body = form.getBytes(StandardCharsets.UTF_8);
		byte[] genuine = Edge.request(body, Edge.headers("X-Shopify-", Edge.sign(body), body.length)
			.replace("application/json", "application/x-www-form-urlencoded"));
		assertThat(this.edge.send(genuine).status()).isEqualTo(200);
		assertThat(this.edge.onlyCopy().delivery().body()).isEqualTo(body);
		this.edge.buffer().behave((copy, deadline, slow) -> {
			throw new IllegalStateException("store");
		});
		assertThat(this.edge.send(genuine).status()).isEqualTo(500);
		byte[] other = Edge.bytes("body-canary");
		String wrong = Edge.sign(Edge.bytes("other"));
		this.edge.send(Edge.request(other, Edge.headers("X-Shopify-", wrong, other.length)));
		this.edge.send(Edge.request(other, Edge.headers("X-Shopify-", "!signature-canary", other.length)));
		String chunked = Edge.headers("X-Shopify-", Edge.sign(other), -1, "Transfer-Encoding: chunked");
		this.edge.send(chunked + "zz-body-canary\r\n");
		this.edge.send(chunked + "b\r\nbody-canary\r\n0\r\n\r\n");
		assertThat(this.lines.list).isNotEmpty();
		List<String> text = List.copyOf(this.lines.list).stream().map(LogCanaryTests::text).toList();
		for (String secret : List.of("canary", wrong, Edge.sign(body), Edge.sign(other))) {
			assertThat(text).noneMatch((line) -> line.contains(secret));
		}
	}

	private static String text(ILoggingEvent event) {
		return event.getFormattedMessage() + " " + event.getKeyValuePairs() + " "
				+ ((event.getThrowableProxy() != null) ? ThrowableProxyUtil.asString(event.getThrowableProxy()) : "");
	}

}
