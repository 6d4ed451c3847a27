package dev.holdfast.ledger;

import java.time.Duration;
import java.util.List;
import java.util.Properties;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;

import io.lettuce.core.ClientOptions;
import io.lettuce.core.TimeoutOptions;
import io.lettuce.core.resource.ClientResources;
import io.lettuce.core.resource.DefaultClientResources;
import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import org.jspecify.annotations.Nullable;

import org.springframework.data.redis.connection.RedisStandaloneConfiguration;
import org.springframework.data.redis.connection.lettuce.LettuceClientConfiguration;
import org.springframework.data.redis.connection.lettuce.LettuceConnectionFactory;
import org.springframework.data.redis.core.RedisCallback;
import org.springframework.data.redis.core.StringRedisTemplate;

import dev.holdfast.fixture.Users;
import dev.holdfast.ledger.Ledger.CopyKey;
import dev.holdfast.ledger.Ledger.Lease;
import dev.holdfast.ledger.Ledger.Mark;
import dev.holdfast.ledger.Ledger.Settlement;
import dev.holdfast.telemetry.Conditions;
import dev.holdfast.telemetry.Meters;

/// A real Redis and the ledger on it, with Lettuce set as in the application but for its
/// time-outs, and with the rights of `deploy/redis` unless told otherwise.
final class RedisHarness implements AutoCloseable {

	static final Duration LEASE = Duration.ofSeconds(30);

	static final Duration RETENTION = Duration.ofHours(48);

	static final Duration TIMEOUT = Duration.ofMillis(500);

	static final LedgerKeys KEYS = new LedgerKeys("harness");

	private static final int PROBES = 20;

	private static final String USER = "holdfast";

	final @Nullable RedisProcess redis;

	final StepScheduler scheduler = new StepScheduler();

	final SimpleMeterRegistry meters = new SimpleMeterRegistry();

	final Conditions conditions = new Conditions(this.meters);

	/// What the ledger may do.
	final StringRedisTemplate template;

	/// Anything.
	final StringRedisTemplate admin;

	final RedisLink link;

	final RedisLedger ledger;

	private final ClientResources resources;

	private final LettuceConnectionFactory connections;

	private final LettuceConnectionFactory adminConnections;

	RedisHarness() {
		this(TIMEOUT);
	}

	/// With another time-out, for who asks a busy machine much.
	RedisHarness(Duration timeout) {
		this(RedisProcess.start(userOption()), USER, Users.ofRedis().password(USER), timeout);
		// A busy machine may take longer for the first connection than the time-out here.
		for (int i = 0; i < PROBES && !this.link.isAvailable(); i++) {
			this.scheduler.pass(RedisLink.PROBE_INTERVAL);
		}
	}

	private static String[] userOption() {
		return Stream.concat(Stream.of("--user", USER),
				Users.ofRedis().rules(USER).stream().map((rule) -> rule.replace("~holdfast:", "~" + KEYS.name() + ":")))
			.toArray(String[]::new);
	}

	RedisHarness(RedisProcess redis, String user, String password) {
		this(redis, user, password, TIMEOUT);
	}

	private RedisHarness(RedisProcess redis, String user, String password, Duration timeout) {
		this(redis, where(redis, user, password), timeout);
	}

	/// On a Redis that another started, and ends.
	RedisHarness(String host, int port) {
		this(null, new RedisStandaloneConfiguration(host, port), TIMEOUT);
	}

	private RedisHarness(@Nullable RedisProcess redis, RedisStandaloneConfiguration where, Duration timeout) {
		this.redis = redis;
		DefaultClientResources.Builder building = DefaultClientResources.builder();
		LettuceSettings.apply(building);
		this.resources = building.build();
		this.connections = new LettuceConnectionFactory(where, how(timeout));
		this.connections.afterPropertiesSet();
		this.template = new StringRedisTemplate(this.connections);
		this.adminConnections = new LettuceConnectionFactory(
				new RedisStandaloneConfiguration(where.getHostName(), where.getPort()), how(timeout));
		this.adminConnections.afterPropertiesSet();
		this.admin = new StringRedisTemplate(this.adminConnections);
		Watchdog watchdog = new Watchdog(this.connections::resetConnection, this.scheduler, this.meters);
		this.link = new RedisLink(RedisLink.probe(this.template, KEYS.probe()), watchdog, this.scheduler,
				this.conditions, this.meters);
		this.ledger = new RedisLedger(KEYS.name(), RETENTION, this.template, this.link, this.meters);
		this.link.start();
		this.scheduler.pass(Duration.ZERO);
	}

	private static RedisStandaloneConfiguration where(RedisProcess redis, String user, String password) {
		RedisStandaloneConfiguration where = new RedisStandaloneConfiguration("127.0.0.1", redis.port());
		if (!user.isEmpty()) {
			where.setUsername(user);
			where.setPassword(password);
		}
		return where;
	}

	private LettuceClientConfiguration how(Duration timeout) {
		ClientOptions.Builder options = ClientOptions.builder().timeoutOptions(TimeoutOptions.enabled());
		LettuceSettings.apply(options, timeout);
		LettuceClientConfiguration.LettuceClientConfigurationBuilder client = LettuceClientConfiguration.builder();
		LettuceSettings.apply(client);
		return client.clientOptions(options.build())
			.clientResources(this.resources)
			.commandTimeout(timeout)
			.shutdownTimeout(Duration.ZERO)
			.build();
	}

	static Lease lease(String segment, String token) {
		return new Lease(segment, token, LEASE);
	}

	static CopyKey copy(String record, int attempt) {
		return new CopyKey(record, attempt);
	}

	static Mark mark(Mark.Kind kind, String record, int attempt, Lease owner) {
		return new Mark(kind, copy(record, attempt), owner);
	}

	static Settlement settlement(Settlement.Kind kind, Lease lease, Duration time) {
		return new Settlement(kind, lease, time);
	}

	String value(String key) {
		return this.admin.opsForValue().get(key);
	}

	String record(String record) {
		return value(KEYS.record(copy(record, 0)));
	}

	void put(String record, String value) {
		this.admin.opsForValue().set(KEYS.record(copy(record, 0)), value);
	}

	void hold(String segment, String token) {
		this.admin.opsForValue().set(KEYS.lease(segment), token, LEASE);
	}

	void end(String segment) {
		this.admin.delete(KEYS.lease(segment));
	}

	Duration left(String key) {
		return Duration.ofMillis(this.admin.getExpire(key, TimeUnit.MILLISECONDS));
	}

	Duration recordLeft(String record) {
		return left(KEYS.record(copy(record, 0)));
	}

	void expire(String key, Duration in) {
		this.admin.expire(key, in);
	}

	Set<String> keys() {
		return this.admin.keys("*");
	}

	void command(String name, String... args) {
		byte[][] bytes = List.of(args).stream().map(String::getBytes).toArray(byte[][]::new);
		this.admin.execute((RedisCallback<Object>) (connection) -> connection.execute(name, bytes));
	}

	/// How many connections Redis was asked for since it started.
	long connections() {
		Properties stats = this.admin
			.execute((RedisCallback<Properties>) (connection) -> connection.serverCommands().info("stats"));
		return Long.parseLong(stats.getProperty("total_connections_received"));
	}

	/// The keys that never end.
	List<String> eternal() {
		return this.admin.keys("*").stream().filter((key) -> this.admin.getExpire(key) < 0).toList();
	}

	void flush() {
		command("FLUSHALL");
	}

	double resets(String cause) {
		Counter counter = this.meters.find(Meters.REDIS_RESETS.id()).tag("cause", cause).counter();
		return (counter != null) ? counter.count() : 0;
	}

	double unknown() {
		return this.meters.find(Meters.LEDGER_UNKNOWN.id()).counters().stream().mapToDouble(Counter::count).sum();
	}

	@Override
	public void close() {
		this.link.stop();
		this.connections.destroy();
		this.adminConnections.destroy();
		this.resources.shutdown(0, 0, TimeUnit.MILLISECONDS).syncUninterruptibly();
		if (this.redis != null) {
			this.redis.close();
		}
	}

}
