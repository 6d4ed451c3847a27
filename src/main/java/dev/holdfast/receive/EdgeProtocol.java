package dev.holdfast.receive;

import org.apache.coyote.http11.Http11NioProtocol;
import org.apache.tomcat.util.net.NioChannel;
import org.apache.tomcat.util.net.NioEndpoint;
import org.apache.tomcat.util.net.SocketBufferHandler;

/// Tomcat's HTTP/1.1 over connections that watch the time. Public because Tomcat makes it
/// from its name.
public final class EdgeProtocol extends Http11NioProtocol {

	public EdgeProtocol() {
		super(new EdgeEndpoint());
	}

	private static final class EdgeEndpoint extends NioEndpoint {

		@Override
		protected NioChannel createChannel(SocketBufferHandler buffers) {
			return isSSLEnabled() ? super.createChannel(buffers) : new EdgeChannel(buffers);
		}

	}

}
