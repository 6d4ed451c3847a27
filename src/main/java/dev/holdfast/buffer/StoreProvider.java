package dev.holdfast.buffer;

import java.net.URI;
import java.util.Locale;

import org.jspecify.annotations.Nullable;

/// Where a provider's endpoint is and how it addresses buckets; nothing else differs
/// between stores. Sources: the providers' documentation of their S3 endpoints.
public enum StoreProvider {

	/// Amazon S3: the SDK knows the endpoint.
	AWS(null),

	/// Linode (Akamai) Object Storage.
	LINODE("https://%s.linodeobjects.com"),

	/// DigitalOcean Spaces.
	DIGITALOCEAN("https://%s.digitaloceanspaces.com"),

	/// OVHcloud Object Storage.
	OVH("https://s3.%s.io.cloud.ovh.net"),

	/// Any other: the endpoint is given, and buckets are part of the path.
	GENERIC(null);

	private final @Nullable String pattern;

	StoreProvider(@Nullable String pattern) {
		this.pattern = pattern;
	}

	/// The endpoint in a region; null where the SDK or the settings know it.
	@Nullable URI endpoint(String region) {
		return (this.pattern != null) ? URI.create(this.pattern.formatted(region.toLowerCase(Locale.ROOT))) : null;
	}

	boolean isPathStyle() {
		return this == GENERIC;
	}

}
