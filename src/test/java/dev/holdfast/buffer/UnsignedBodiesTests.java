package dev.holdfast.buffer;

import java.net.URI;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import software.amazon.awssdk.http.ContentStreamProvider;
import software.amazon.awssdk.http.SdkHttpMethod;
import software.amazon.awssdk.http.SdkHttpRequest;
import software.amazon.awssdk.http.auth.aws.signer.AwsV4FamilyHttpSigner;
import software.amazon.awssdk.http.auth.aws.signer.AwsV4HttpSigner;
import software.amazon.awssdk.http.auth.spi.signer.SignRequest;
import software.amazon.awssdk.identity.spi.AwsCredentialsIdentity;

import static org.assertj.core.api.Assertions.assertThat;

/// What is signed is what the HTTP client will send: above all the Host, with or without a
/// port.
class UnsignedBodiesTests {

	private static final String HASH = "x-amz-content-sha256";

	private final UnsignedBodies signer = new UnsignedBodies();

	@ParameterizedTest
	@CsvSource({ "http://store.example/b/k, store.example", "http://store.example:80/b/k, store.example",
			"http://store.example:9000/b/k, store.example:9000", "https://store.example/b/k, store.example" })
	void signsAPutWithoutItsBodyForTheHostThatIsAsked(URI uri, String host) {
		SdkHttpRequest signed = sign(uri, "Content-MD5", "1B2M2Y8AsgTpgAmY7PhCfg==");
		assertThat(signed.firstMatchingHeader(HASH)).hasValue("UNSIGNED-PAYLOAD");
		assertThat(signed.firstMatchingHeader("Host")).hasValue(host);
		assertThat(signed.firstMatchingHeader("Authorization").orElseThrow()).contains("content-md5;host;");
		assertThat(signed.getUri()).hasScheme(uri.getScheme()).hasHost("store.example");
		assertThat(signed.port()).isEqualTo(SdkHttpRequest.builder().uri(uri).method(SdkHttpMethod.PUT).build().port());
	}

	@Test
	void signsAPutWithoutItsBodyWhereItsCrc32CoversIt() {
		SdkHttpRequest signed = sign(URI.create("http://store.example/b/k"), "x-amz-checksum-crc32", "AAAAAA==");
		assertThat(signed.firstMatchingHeader(HASH)).hasValue("UNSIGNED-PAYLOAD");
		assertThat(signed.firstMatchingHeader("Authorization").orElseThrow()).contains(";x-amz-checksum-crc32;");
	}

	@Test
	void signsTheBodyWhereNoDigestCoversIt() {
		assertThat(sign(URI.create("http://store.example/b/k"), "Content-Type", "text/plain").firstMatchingHeader(HASH)
			.orElseThrow()).hasSize(64);
	}

	private SdkHttpRequest sign(URI uri, String header, String value) {
		SdkHttpRequest.Builder request = SdkHttpRequest.builder()
			.uri(uri)
			.method(SdkHttpMethod.PUT)
			.putHeader(header, value);
		return this.signer
			.sign(SignRequest.builder(AwsCredentialsIdentity.create("key", "secret"))
				.request(request.build())
				.payload(ContentStreamProvider.fromUtf8String(""))
				.putProperty(AwsV4HttpSigner.REGION_NAME, "us-east-1")
				.putProperty(AwsV4FamilyHttpSigner.SERVICE_SIGNING_NAME, "s3")
				.putProperty(AwsV4FamilyHttpSigner.PAYLOAD_SIGNING_ENABLED, false)
				.build())
			.request();
	}

}
