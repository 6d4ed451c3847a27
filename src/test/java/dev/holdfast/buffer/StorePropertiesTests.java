package dev.holdfast.buffer;

import java.util.HashMap;
import java.util.Map;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.springframework.boot.context.properties.bind.Binder;
import org.springframework.boot.context.properties.source.ConfigurationPropertySources;
import org.springframework.core.env.MapPropertySource;
import org.springframework.core.env.MutablePropertySources;
import org.springframework.core.env.SystemEnvironmentPropertySource;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

class StorePropertiesTests {

	private static final Map<String, String> VALID = Map.of("bucket", "shop", "endpoint", "https://store.example");

	@Test
	void needsABucketAndAnEndpointAlone() {
		StoreProperties properties = bind(Map.of());
		assertThat(properties.provider()).isEqualTo(StoreProvider.GENERIC);
		assertThat(properties.region()).isEqualTo("us-east-1");
		assertThat(properties.effectiveEndpoint()).hasToString("https://store.example");
		assertThat(properties.defaultName()).isEqualTo("shop");
		assertThat(properties.accessKey()).isEmpty();
		assertThat(properties.prefix()).isEmpty();
	}

	@ParameterizedTest
	@CsvSource(value = { "bucket||holdfast.store.bucket is not set", "bucket|' '|holdfast.store.bucket is not set",
			"endpoint||holdfast.store.endpoint is not set", "endpoint|ftp://store|begins with https://",
			"endpoint|store.example|begins with https://",
			"endpoint|http://store|holdfast.store.endpoint is plain http",
			"access-key|a|go together: set both or neither", "secret-key|hush|go together: set both or neither",
			"prefix|a|must look like 'name/'", "prefix|/a/|must look like 'name/'", "prefix|a//|must look like 'name/'",
			"prefix|../|must look like 'name/'", "prefix|a/../b/|must look like 'name/'",
			"prefix|ä/|must look like 'name/'", "prefix|a b/|must look like 'name/'" }, delimiter = '|')
	void saysWhatIsWrong(String name, String value, String message) {
		assertThatThrownBy(() -> bind(Map.of(name, (value != null) ? value : "")))
			.hasRootCauseInstanceOf(IllegalArgumentException.class)
			.rootCause()
			.hasMessageContaining(message)
			.hasMessageNotContaining("hush");
	}

	@ParameterizedTest
	@CsvSource({ "aws, eu-west-1,", "linode, us-ord-1, https://us-ord-1.linodeobjects.com",
			"digitalocean, NYC3, https://nyc3.digitaloceanspaces.com", "ovh, gra, https://s3.gra.io.cloud.ovh.net" })
	void takesABlankEndpointAsNone(String provider, String region, String endpoint) {
		Map<String, Object> environment = new HashMap<>();
		environment.put("HOLDFAST_STORE_PROVIDER", provider);
		environment.put("HOLDFAST_STORE_REGION", region);
		environment.put("HOLDFAST_STORE_BUCKET", "shop");
		environment.put("HOLDFAST_STORE_ENDPOINT", "");
		environment.put("HOLDFAST_STORE_ACCESSKEY", "");
		environment.put("HOLDFAST_STORE_SECRETKEY", "");
		StoreProperties properties = fromEnvironment(environment);
		assertThat(properties.endpoint()).isNull();
		if (endpoint == null) {
			assertThat(properties.effectiveEndpoint()).isNull();
		}
		else {
			assertThat(properties.effectiveEndpoint()).hasToString(endpoint);
		}
		assertThat(properties.provider().isPathStyle()).isFalse();
	}

	@ParameterizedTest
	@ValueSource(strings = { "HOLDFAST_STORE_SECRETKEY", "HOLDFAST_STORE_SECRET_KEY" })
	void takesItsSecretFromTheEnvironment(String name) {
		StoreProperties properties = fromEnvironment(
				Map.of("HOLDFAST_STORE_BUCKET", "shop", "HOLDFAST_STORE_ENDPOINT", "http://store:80",
						"HOLDFAST_STORE_ALLOWINSECURE", "true", "HOLDFAST_STORE_ACCESSKEY", "access", name, "hush"));
		assertThat(properties.secret()).isEqualTo("hush");
		assertThat(properties.accessKey()).isEqualTo("access");
		assertThat(properties.effectiveEndpoint()).hasToString("http://store:80");
	}

	@Test
	void refusesABundleForAnEndpointWithoutTls() {
		assertThatThrownBy(
				() -> bind(Map.of("endpoint", "http://store", "allow-insecure", "true", "ssl-bundle", "internal")))
			.rootCause()
			.hasMessageContaining("holdfast.store.ssl-bundle is set");
		assertThat(bind(Map.of("ssl-bundle", "internal")).sslBundle()).isEqualTo("internal");
	}

	@Test
	void showsNoSecret() {
		StoreProperties properties = bind(Map.of("access-key", "AKIA", "secret-key", "hush", "prefix", "a/b/"));
		assertThat(properties.secret()).isEqualTo("hush");
		assertThat(properties).hasToString("StoreProperties[GENERIC, us-east-1, shop]");
		assertThat(properties.defaultName()).isEqualTo("shop/a/b");
	}

	private static StoreProperties bind(Map<String, String> changes) {
		Map<String, Object> properties = new HashMap<>();
		VALID.forEach((name, value) -> properties.put("holdfast.store." + name, value));
		changes.forEach((name, value) -> properties.put("holdfast.store." + name, value));
		return bind(new MapPropertySource("test", properties));
	}

	private static StoreProperties fromEnvironment(Map<String, Object> variables) {
		return bind(new SystemEnvironmentPropertySource("systemEnvironment", variables));
	}

	private static StoreProperties bind(MapPropertySource source) {
		MutablePropertySources sources = new MutablePropertySources();
		sources.addFirst(source);
		return new Binder(ConfigurationPropertySources.from(sources)).bindOrCreate("holdfast.store",
				StoreProperties.class);
	}

}
