package dev.holdfast.buffer;

import java.util.List;
import java.util.concurrent.CompletableFuture;

import software.amazon.awssdk.http.SdkHttpRequest;
import software.amazon.awssdk.http.auth.aws.scheme.AwsV4AuthScheme;
import software.amazon.awssdk.http.auth.aws.signer.AwsV4HttpSigner;
import software.amazon.awssdk.http.auth.spi.signer.AsyncSignRequest;
import software.amazon.awssdk.http.auth.spi.signer.AsyncSignedRequest;
import software.amazon.awssdk.http.auth.spi.signer.SignRequest;
import software.amazon.awssdk.http.auth.spi.signer.SignedRequest;
import software.amazon.awssdk.identity.spi.AwsCredentialsIdentity;
import software.amazon.awssdk.identity.spi.IdentityProvider;
import software.amazon.awssdk.identity.spi.IdentityProviders;

/// Signs a PUT over plain HTTP as one over TLS is signed: `UNSIGNED-PAYLOAD`. Its body is
/// guarded against faults all the same, because its digest is signed, which the store
/// compares (see [PutCheck]); against forgers on the way there is TLS alone.
///
/// The SDK would digest the body a second time wherever it sees no TLS.
final class UnsignedBodies implements AwsV4AuthScheme, AwsV4HttpSigner {

	private static final List<String> DIGESTS = List.of("Content-MD5", "x-amz-checksum-crc32");

	private static final int HTTP = 80;

	private static final int HTTPS = 443;

	private final AwsV4AuthScheme scheme = AwsV4AuthScheme.create();

	@Override
	public String schemeId() {
		return this.scheme.schemeId();
	}

	@Override
	public IdentityProvider<AwsCredentialsIdentity> identityProvider(IdentityProviders providers) {
		return this.scheme.identityProvider(providers);
	}

	@Override
	public AwsV4HttpSigner signer() {
		return this;
	}

	@Override
	public SignedRequest sign(SignRequest<? extends AwsCredentialsIdentity> request) {
		SdkHttpRequest plain = request.request();
		if (!plain.protocol().equals("http")
				|| DIGESTS.stream().noneMatch((name) -> plain.firstMatchingHeader(name).isPresent())) {
			return this.scheme.signer().sign(request);
		}
		// The port decides whether the signed Host names it.
		int port = (plain.port() == HTTP) ? HTTPS : plain.port();
		SignedRequest signed = this.scheme.signer()
			.sign(request.copy((copy) -> copy.request(plain.copy((http) -> http.protocol("https").port(port)))));
		return signed.copy((copy) -> copy
			.request(signed.request().copy((http) -> http.protocol(plain.protocol()).port(plain.port()))));
	}

	@Override
	public CompletableFuture<AsyncSignedRequest> signAsync(AsyncSignRequest<? extends AwsCredentialsIdentity> request) {
		return this.scheme.signer().signAsync(request);
	}

}
