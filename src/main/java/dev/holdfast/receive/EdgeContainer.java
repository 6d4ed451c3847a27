package dev.holdfast.receive;

import java.time.Duration;

import org.apache.catalina.connector.Connector;
import org.apache.coyote.ContinueResponseTiming;

import org.springframework.boot.tomcat.servlet.TomcatServletWebServerFactory;
import org.springframework.boot.web.server.WebServerFactoryCustomizer;

/// What Tomcat must be told beyond `application.properties`.
final class EdgeContainer implements WebServerFactoryCustomizer<TomcatServletWebServerFactory> {

	/// Silence within a body. With the 3 s for the whole body it keeps within 4 s of the
	/// headers.
	private static final Duration BODY_SILENCE = Duration.ofMillis(900);

	private static final int HEADERS = 100;

	private final Runnable closed;

	/// @param closed is told of every connection for which there is no room
	EdgeContainer(Runnable closed) {
		this.closed = closed;
	}

	@Override
	public void customize(TomcatServletWebServerFactory factory) {
		factory.setProtocol(EdgeProtocol.class.getName());
		factory.addConnectorCustomizers(this::customize);
		factory.addContextCustomizers((context) -> context.getParent().getPipeline().addValve(new PlainErrors()));
	}

	private void customize(Connector connector) {
		connector.setAllowTrace(false);
		connector.setXpoweredBy(false);
		// A body is bytes to be verified, whatever its type says: no parameters.
		connector.setParseBodyMethods("");
		if (connector.getProtocolHandler() instanceof EdgeProtocol protocol) {
			protocol.onClosed(this.closed);
			protocol.setMaxHeaderCount(HEADERS);
			protocol.setDisableUploadTimeout(false);
			protocol.setConnectionUploadTimeout((int) BODY_SILENCE.toMillis());
			// A body that will be refused by its length is not asked for.
			protocol.setContinueResponseTiming(ContinueResponseTiming.ON_REQUEST_BODY_READ.toString());
		}
	}

}
