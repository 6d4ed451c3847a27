package dev.holdfast.buffer;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.ProxySelector;
import java.util.Locale;
import java.util.Set;

import org.apache.hc.client5.http.classic.methods.HttpUriRequestBase;
import org.apache.hc.client5.http.config.ConnectionConfig;
import org.apache.hc.client5.http.config.RequestConfig;
import org.apache.hc.client5.http.impl.classic.CloseableHttpClient;
import org.apache.hc.client5.http.impl.classic.HttpClients;
import org.apache.hc.client5.http.impl.io.PoolingHttpClientConnectionManagerBuilder;
import org.apache.hc.client5.http.io.HttpClientConnectionManager;
import org.apache.hc.client5.http.protocol.HttpClientContext;
import org.apache.hc.client5.http.ssl.DefaultClientTlsStrategy;
import org.apache.hc.client5.http.ssl.DefaultHostnameVerifier;
import org.apache.hc.client5.http.ssl.TlsSocketStrategy;
import org.apache.hc.core5.http.ClassicHttpResponse;
import org.apache.hc.core5.http.HttpEntity;
import org.apache.hc.core5.http.HttpHost;
import org.apache.hc.core5.http.io.SocketConfig;
import org.apache.hc.core5.http.io.entity.AbstractHttpEntity;
import org.apache.hc.core5.http.io.entity.EntityUtils;
import org.apache.hc.core5.io.CloseMode;
import org.apache.hc.core5.reactor.ssl.SSLBufferMode;
import org.apache.hc.core5.util.TimeValue;
import org.apache.hc.core5.util.Timeout;
import org.jspecify.annotations.Nullable;
import org.springframework.boot.ssl.SslBundle;
import software.amazon.awssdk.http.AbortableInputStream;
import software.amazon.awssdk.http.ContentStreamProvider;
import software.amazon.awssdk.http.ExecutableHttpRequest;
import software.amazon.awssdk.http.HttpExecuteRequest;
import software.amazon.awssdk.http.HttpExecuteResponse;
import software.amazon.awssdk.http.SdkHttpClient;
import software.amazon.awssdk.http.SdkHttpFullResponse;
import software.amazon.awssdk.http.SdkHttpRequest;

/// Sends the SDK's requests through Apache's HTTP client, as the SDK's own adapter does,
/// but writes a body in large pieces. That one writes 8 KiB at a time, each of which is a
/// segment of its own that the store may acknowledge 40 ms late.
///
/// Retries, signatures and deadlines are the SDK's: this tries once, and ends at `abort`.
final class StoreHttpClient implements SdkHttpClient {

	/// How much the JDK gives to a socket at once.
	static final int WRITE_SIZE = 128 * 1024;

	private static final Timeout CONNECT = Timeout.ofSeconds(1);

	private static final Timeout ANSWER = Timeout.ofSeconds(5);

	private static final TimeValue IDLE = TimeValue.ofSeconds(20);

	/// Apache's client writes them itself, and takes them from nobody else.
	private static final Set<String> FRAMING = Set.of("content-length", "transfer-encoding");

	private final TlsSocketStrategy tls;

	private @Nullable CloseableHttpClient http;

	/// @param tls whom an https endpoint is trusted by, what it is shown, and by which
	/// protocols and ciphers it is spoken to
	StoreHttpClient(SslBundle tls) {
		this.tls = new DefaultClientTlsStrategy(tls.createSslContext(), tls.getOptions().getEnabledProtocols(),
				tls.getOptions().getCiphers(), SSLBufferMode.STATIC, new DefaultHostnameVerifier());
	}

	private synchronized CloseableHttpClient client() {
		if (this.http == null) {
			this.http = open();
		}
		return this.http;
	}

	/// Its pool has no limit, because a connection can be lost for good where somebody is
	/// interrupted who waits for it (aws-sdk-java-v2 issue 6786). How much is asked at
	/// once is bounded by the callers.
	private CloseableHttpClient open() {
		HttpClientConnectionManager manager = PoolingHttpClientConnectionManagerBuilder.create()
			.setMaxConnTotal(Integer.MAX_VALUE)
			.setMaxConnPerRoute(Integer.MAX_VALUE)
			.setTlsSocketStrategy(this.tls)
			.setDefaultConnectionConfig(
					ConnectionConfig.custom().setConnectTimeout(CONNECT).setSocketTimeout(ANSWER).build())
			.setDefaultSocketConfig(SocketConfig.custom().setSoKeepAlive(true).setTcpNoDelay(true).build())
			.build();
		return HttpClients.custom()
			.setConnectionManager(manager)
			.evictIdleConnections(IDLE)
			.setDefaultRequestConfig(RequestConfig.custom()
				.setConnectionRequestTimeout(CONNECT)
				.setResponseTimeout(ANSWER)
				.setConnectionKeepAlive(IDLE)
				.build())
			.setProxySelector(ProxySelector.getDefault())
			.disableAutomaticRetries()
			.disableRedirectHandling()
			.disableContentCompression()
			.disableCookieManagement()
			// else no connection with a certificate of ours is used again
			.disableConnectionState()
			.build();
	}

	/// Apache's client closes its pool for good at any [Error], as where the memory for a
	/// socket's bytes is used up. The next request opens another.
	private synchronized void abandon(CloseableHttpClient client) {
		if (this.http == client) {
			this.http = null;
			client.close(CloseMode.IMMEDIATE);
		}
	}

	@Override
	public ExecutableHttpRequest prepareRequest(HttpExecuteRequest execute) {
		SdkHttpRequest sdk = execute.httpRequest();
		HttpUriRequestBase request = new HttpUriRequestBase(sdk.method().name(), sdk.getUri());
		sdk.forEachHeader((name, values) -> {
			if (!FRAMING.contains(name.toLowerCase(Locale.ROOT))) {
				values.forEach((value) -> request.addHeader(name, value));
			}
		});
		execute.contentStreamProvider()
			.ifPresent((content) -> request
				.setEntity(new Body(content, Long.parseLong(sdk.firstMatchingHeader("Content-Length").orElseThrow()))));
		HttpHost host = new HttpHost(sdk.protocol(), sdk.host(), sdk.port());
		return new ExecutableHttpRequest() {
			@Override
			public HttpExecuteResponse call() throws IOException {
				return send(host, request);
			}

			@Override
			public void abort() {
				request.abort();
			}
		};
	}

	private HttpExecuteResponse send(HttpHost host, HttpUriRequestBase request) throws IOException {
		ClassicHttpResponse response = execute(host, request);
		SdkHttpFullResponse.Builder head = SdkHttpFullResponse.builder()
			.statusCode(response.getCode())
			.statusText(response.getReasonPhrase());
		response.headerIterator().forEachRemaining((header) -> head.appendHeader(header.getName(), header.getValue()));
		HttpExecuteResponse.Builder answer = HttpExecuteResponse.builder().response(head.build());
		HttpEntity entity = response.getEntity();
		if (entity != null && entity.getContentLength() != 0) {
			answer.responseBody(AbortableInputStream.create(entity.getContent(), request::abort));
		}
		else {
			// else the SDK, which may not read it, would keep its connection
			EntityUtils.consume(entity);
		}
		return answer.build();
	}

	private ClassicHttpResponse execute(HttpHost host, HttpUriRequestBase request) throws IOException {
		CloseableHttpClient client = client();
		try {
			return client.executeOpen(host, request, HttpClientContext.create());
		}
		catch (IllegalStateException ex) {
			throw new IOException("The connections were closed", ex);
		}
		catch (Error ex) {
			abandon(client);
			throw ex;
		}
	}

	@Override
	public void close() {
		client().close(CloseMode.IMMEDIATE);
	}

	/// A request's body, anew for each time that it is sent.
	static final class Body extends AbstractHttpEntity {

		private final ContentStreamProvider content;

		private final long length;

		Body(ContentStreamProvider content, long length) {
			super((String) null, null);
			this.content = content;
			this.length = length;
		}

		@Override
		public void writeTo(OutputStream out) throws IOException {
			try (InputStream in = getContent()) {
				byte[] piece = new byte[(int) Math.min(this.length, WRITE_SIZE)];
				for (int read; (read = in.readNBytes(piece, 0, piece.length)) > 0;) {
					out.write(piece, 0, read);
				}
			}
		}

		@Override
		public InputStream getContent() {
			return this.content.newStream();
		}

		@Override
		public long getContentLength() {
			return this.length;
		}

		@Override
		public boolean isRepeatable() {
			return true;
		}

		@Override
		public boolean isStreaming() {
			return false;
		}

		@Override
		public void close() {
			// each stream is closed where it is read
		}

	}

}
