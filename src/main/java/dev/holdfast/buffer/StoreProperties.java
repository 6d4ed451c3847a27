package dev.holdfast.buffer;

import java.net.URI;

import org.jspecify.annotations.Nullable;
import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.bind.DefaultValue;
import org.springframework.boot.context.properties.bind.Name;
import org.springframework.util.StringUtils;

/// The object store.
///
/// @param provider whose endpoint pattern and addressing to use
/// @param region the provider's name of the region; with `generic` it only has to be what
/// the store signs with
/// @param endpoint the store's URL: needed with `generic`, else an exception to the pattern
/// @param bucket the bucket, which must exist
/// @param accessKey a static access key; without one, the AWS default chain is used
/// @param secret the secret of the access key
/// @param prefix what all keys begin with, such as `shop-a/`
/// @param allowInsecure whether an `http://` endpoint is accepted
/// @param sslBundle the SSL bundle that says whom to trust, and what to show; without one,
/// whom the JVM trusts
@ConfigurationProperties("holdfast.store")
record StoreProperties(@DefaultValue("generic") StoreProvider provider, @DefaultValue("us-east-1") String region,
		@Nullable URI endpoint, @DefaultValue("") String bucket, @DefaultValue("") String accessKey,
		@Name("secret-key") @DefaultValue("") String secret, @DefaultValue("") String prefix,
		@DefaultValue("false") boolean allowInsecure, @DefaultValue("") String sslBundle) {

	StoreProperties {
		require(StringUtils.hasText(bucket), "holdfast.store.bucket is not set: name the bucket that holds deliveries");
		require(provider != StoreProvider.GENERIC || endpoint != null,
				"holdfast.store.endpoint is not set: with the provider 'generic' give the store's URL, "
						+ "or set holdfast.store.provider to aws, linode, digitalocean or ovh");
		require(endpoint == null || "https".equals(endpoint.getScheme()) || "http".equals(endpoint.getScheme()),
				"holdfast.store.endpoint must be a URL that begins with https://");
		require(endpoint == null || !"http".equals(endpoint.getScheme()) || allowInsecure,
				"holdfast.store.endpoint is plain http: use https, or set holdfast.store.allow-insecure=true "
						+ "where the network is trusted");
		require(sslBundle.isEmpty() || endpoint == null || "https".equals(endpoint.getScheme()),
				"holdfast.store.ssl-bundle is set, but holdfast.store.endpoint is plain http: "
						+ "give the endpoint as https://, or remove the bundle");
		require(accessKey.isEmpty() == secret.isEmpty(),
				"holdfast.store.access-key and holdfast.store.secret-key go together: set both or neither");
		require(prefix.isEmpty() || (prefix.matches("[A-Za-z0-9_.-]+(/[A-Za-z0-9_.-]+)*/") && !prefix.contains("..")),
				"holdfast.store.prefix must look like 'name/' or 'a/b/': letters, digits, '_', '.', '-', "
						+ "and a slash at its end");
	}

	/// What names this buffer to Redis unless `holdfast.name` does.
	String defaultName() {
		return this.prefix.isEmpty() ? this.bucket
				: this.bucket + "/" + this.prefix.substring(0, this.prefix.length() - 1);
	}

	@Nullable URI effectiveEndpoint() {
		return (this.endpoint != null) ? this.endpoint : this.provider.endpoint(this.region);
	}

	@Override
	public String toString() {
		return "StoreProperties[" + this.provider + ", " + this.region + ", " + this.bucket + "]";
	}

	private static void require(boolean condition, String message) {
		if (!condition) {
			throw new IllegalArgumentException(message);
		}
	}

}
