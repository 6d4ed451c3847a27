package dev.holdfast.buffer;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.nio.file.Path;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;

import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLParameters;
import javax.net.ssl.SSLSession;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpsConfigurator;
import com.sun.net.httpserver.HttpsExchange;
import com.sun.net.httpserver.HttpsParameters;
import com.sun.net.httpserver.HttpsServer;
import dev.holdfast.fixture.Authority;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.springframework.boot.ssl.SslOptions;
import software.amazon.awssdk.http.HttpExecuteRequest;
import software.amazon.awssdk.http.SdkHttpMethod;
import software.amazon.awssdk.http.SdkHttpRequest;

import static org.assertj.core.api.Assertions.assertThat;

/// The client of the store before a server that asks it for a certificate.
class StoreTlsTests {

	private final Set<InetSocketAddress> connections = ConcurrentHashMap.newKeySet();

	private final List<SSLSession> sessions = new CopyOnWriteArrayList<>();

	private Authority authority;

	private HttpsServer server;

	@BeforeEach
	void start(@TempDir Path directory) throws IOException {
		this.authority = Authority.create(directory);
		SSLContext context = this.authority.context();
		this.server = HttpsServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
		this.server.setHttpsConfigurator(new HttpsConfigurator(context) {
			@Override
			public void configure(HttpsParameters parameters) {
				SSLParameters tls = context.getDefaultSSLParameters();
				tls.setNeedClientAuth(true);
				parameters.setSSLParameters(tls);
			}
		});
		this.server.createContext("/", this::answer);
		this.server.start();
	}

	@AfterEach
	void stop() {
		this.server.stop(0);
	}

	@Test
	void usesAConnectionAgainThatShowsACertificate() throws Exception {
		try (StoreHttpClient client = new StoreHttpClient(this.authority.bundle(SslOptions.NONE))) {
			for (int i = 0; i < 3; i++) {
				ask(client);
			}
		}
		assertThat(this.connections).hasSize(1);
	}

	@Test
	void speaksTheProtocolsAndCiphersOfItsBundle() throws Exception {
		askOnce(SslOptions.NONE);
		askOnce(SslOptions.of((String[]) null, new String[] { "TLSv1.2" }));
		askOnce(SslOptions.of(new String[] { "TLS_CHACHA20_POLY1305_SHA256" }, null));
		assertThat(this.sessions).extracting(SSLSession::getProtocol).containsExactly("TLSv1.3", "TLSv1.2", "TLSv1.3");
		assertThat(this.sessions.getFirst().getCipherSuite()).startsWith("TLS_AES_");
		assertThat(this.sessions.getLast().getCipherSuite()).isEqualTo("TLS_CHACHA20_POLY1305_SHA256");
	}

	private void askOnce(SslOptions options) throws IOException {
		try (StoreHttpClient client = new StoreHttpClient(this.authority.bundle(options))) {
			ask(client);
		}
	}

	private void ask(StoreHttpClient client) throws IOException {
		SdkHttpRequest request = SdkHttpRequest.builder()
			.method(SdkHttpMethod.HEAD)
			.uri(URI.create("https://127.0.0.1:" + this.server.getAddress().getPort() + "/missing"))
			.build();
		assertThat(client.prepareRequest(HttpExecuteRequest.builder().request(request).build())
			.call()
			.httpResponse()
			.statusCode()).isEqualTo(404);
	}

	private void answer(HttpExchange exchange) throws IOException {
		this.connections.add(exchange.getRemoteAddress());
		this.sessions.add(((HttpsExchange) exchange).getSSLSession());
		exchange.sendResponseHeaders(404, -1);
		exchange.close();
	}

}
