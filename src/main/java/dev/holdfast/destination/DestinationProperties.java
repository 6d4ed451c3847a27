package dev.holdfast.destination;

import java.net.URI;
import java.time.Duration;
import java.util.Map;
import java.util.Set;
import java.util.regex.Pattern;

import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.bind.DefaultValue;

/// The handlers that are configured, not coded.
///
/// @param http destinations by name; the name is part of keys and tags: under another name
/// it is another handler
/// @param log the handler for development
@ConfigurationProperties("holdfast")
record DestinationProperties(@DefaultValue Map<String, Http> http, @DefaultValue Log log) {

	private static final Pattern NAME = Pattern.compile("[A-Za-z0-9_-]{1,32}");

	DestinationProperties {
		for (String name : http.keySet()) {
			require(NAME.matcher(name).matches(),
					"holdfast.http.<name>: choose a name of 1 to 32 letters, digits, '-' and '_'");
			require(!name.equals(LogHandler.NAME),
					"holdfast.http.log: choose another name, 'log' is a handler already");
		}
		http = Map.copyOf(http);
	}

	private static void require(boolean condition, String message) {
		if (!condition) {
			throw new IllegalArgumentException(message);
		}
	}

	/// A URL that deliveries are posted to.
	///
	/// @param url absolute, `http` or `https`, without credentials
	/// @param topics the topics it takes: `orders/create`, `orders/*`, or `*`
	/// @param timeout for one attempt, from connecting to the headers of the answer
	record Http(URI url, @DefaultValue("*") Set<String> topics, @DefaultValue("10s") Duration timeout) {

		private static final Pattern TOPICS = Pattern.compile("[A-Za-z0-9_./]*\\*|[A-Za-z0-9_./]+");

		static final String NO_URL = "set holdfast.http.<name>.url; in an environment variable a name cannot contain '_'";

		Http {
			require(url != null, NO_URL);
			require(url.getHost() != null
					&& ("http".equalsIgnoreCase(url.getScheme()) || "https".equalsIgnoreCase(url.getScheme())),
					"holdfast.http.<name>.url: write an absolute URL such as https://example.com/webhooks");
			require(url.getRawUserInfo() == null,
					"holdfast.http.<name>.url: leave out 'user:password@'; whoever receives can verify the signature");
			require(url.getRawFragment() == null, "holdfast.http.<name>.url: leave out '#' and what follows it");
			require(!topics.isEmpty() && topics.stream().allMatch((topic) -> TOPICS.matcher(topic).matches()),
					"holdfast.http.<name>.topics: write topics such as orders/create, orders/* or *, with commas between");
			require(timeout.isPositive(), "holdfast.http.<name>.timeout: write a time over zero such as 10s");
			topics = Set.copyOf(topics);
		}

		/// Without path and query: they may hold a token.
		@Override
		public String toString() {
			return "Http[" + this.url.getScheme() + "://" + this.url.getHost() + ", " + this.topics + ", "
					+ this.timeout + "]";
		}

	}

	/// Logs deliveries in place of handling them.
	///
	/// @param enabled for development: a delivery that nothing but the log handled is
	/// gone
	record Log(@DefaultValue("false") boolean enabled) {
	}

}
