package dev.holdfast.ledger;

import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.random.RandomGenerator;

import org.jspecify.annotations.Nullable;

import org.springframework.beans.factory.config.BeanPostProcessor;
import org.springframework.boot.data.redis.autoconfigure.DataRedisConnectionDetails;
import org.springframework.boot.ssl.SslBundle;

/// Puts the Sentinels in another order in each replica. Lettuce asks them in the order
/// given, one time-out each, so that a frozen first one would slow down all replicas at
/// once. Everything else of Boot's connection details stays.
final class ShuffledSentinels implements BeanPostProcessor {

	private final RandomGenerator random;

	ShuffledSentinels(RandomGenerator random) {
		this.random = random;
	}

	@Override
	public Object postProcessAfterInitialization(Object bean, String beanName) {
		if (bean instanceof DataRedisConnectionDetails details && details.getSentinel() != null) {
			return new Details(details, shuffled(details.getSentinel()));
		}
		return bean;
	}

	private DataRedisConnectionDetails.Sentinel shuffled(DataRedisConnectionDetails.Sentinel sentinel) {
		List<DataRedisConnectionDetails.Node> nodes = new ArrayList<>(sentinel.getNodes());
		Collections.shuffle(nodes, this.random);
		return new Sentinel(sentinel.getDatabase(), sentinel.getMaster(), List.copyOf(nodes), sentinel.getUsername(),
				sentinel.getPassword());
	}

	private record Details(DataRedisConnectionDetails original,
			DataRedisConnectionDetails.Sentinel sentinel) implements DataRedisConnectionDetails {

		@Override
		public @Nullable String getUsername() {
			return this.original.getUsername();
		}

		@Override
		public @Nullable String getPassword() {
			return this.original.getPassword();
		}

		@Override
		public @Nullable SslBundle getSslBundle() {
			return this.original.getSslBundle();
		}

		@Override
		public Sentinel getSentinel() {
			return this.sentinel;
		}

	}

	private record Sentinel(int database, String master, List<DataRedisConnectionDetails.Node> nodes,
			@Nullable String username, @Nullable String password) implements DataRedisConnectionDetails.Sentinel {

		@Override
		public int getDatabase() {
			return this.database;
		}

		@Override
		public String getMaster() {
			return this.master;
		}

		@Override
		public List<DataRedisConnectionDetails.Node> getNodes() {
			return this.nodes;
		}

		@Override
		public @Nullable String getUsername() {
			return this.username;
		}

		@Override
		public @Nullable String getPassword() {
			return this.password;
		}

		@Override
		public String toString() {
			return "Sentinel[" + this.master + " at " + this.nodes + "]";
		}

	}

}
