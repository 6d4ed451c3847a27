package dev.holdfast.bench;

import java.net.InetSocketAddress;
import java.nio.file.Path;
import java.time.Duration;
import java.util.EnumMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;

import dev.holdfast.HoldfastApplication;
import dev.holdfast.bench.StoreCounts.Kind;
import dev.holdfast.docs.Markdown;
import dev.holdfast.fixture.Await;
import dev.holdfast.fixture.Ports;
import dev.holdfast.fixture.RedisProcess;
import dev.holdfast.telemetry.Meters;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Timer;
import org.assertj.core.data.Offset;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.api.parallel.Isolated;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.springframework.boot.SpringApplication;
import org.springframework.context.ConfigurableApplicationContext;

import static org.assertj.core.api.Assertions.assertThat;

/// What Holdfast asks of a store is what `docs/cost.md` says.
@Tag("system")
@Isolated("it counts requests by the second")
class CostTests {

	private static final Duration POLL = Duration.ofMillis(500);

	private static final Duration TIME = Duration.ofSeconds(6);

	private static final double PUTS_WITHIN = 0.15;

	private static final double DELETES_WITHIN = 0.25;

	private static final double LISTS_WITHIN = 0.2;

	@TempDir
	static Path directory;

	private static StubStore store;

	private static RedisProcess redis;

	private static ConfigurableApplicationContext service;

	private static InetSocketAddress address;

	private static MeterRegistry meters;

	private final Payloads payloads = new Payloads();

	@BeforeAll
	static void startParts() {
		store = StubStore.start(StubStore.Settings.delayed(Duration.ofMillis(20)));
		redis = RedisProcess.start();
	}

	private static void start(Duration interval) {
		address = new InetSocketAddress("127.0.0.1", Ports.free());
		Map<String, String> settings = Map.ofEntries(Map.entry("server.port", Integer.toString(address.getPort())),
				Map.entry("server.address", "127.0.0.1"), Map.entry("holdfast.receive.secret", Payloads.SECRET),
				Map.entry("holdfast.store.endpoint", store.endpoint().toString()),
				Map.entry("holdfast.store.allow-insecure", "true"), Map.entry("holdfast.store.bucket", "cost"),
				Map.entry("holdfast.store.access-key", "cost"), Map.entry("holdfast.store.secret-key", "cost"),
				Map.entry("holdfast.buffer.put-interval", interval.toMillis() + "ms"),
				Map.entry("holdfast.process.poll-interval", POLL.toMillis() + "ms"),
				Map.entry("holdfast.drain-delay", "0s"), Map.entry("spring.data.redis.host", redis.host()),
				Map.entry("spring.data.redis.port", Integer.toString(redis.port())),
				Map.entry("logging.threshold.console", "OFF"),
				Map.entry(EffectConfiguration.FILE, directory.resolve("effects").toString()));
		service = SpringApplication.run(HoldfastApplication.class,
				settings.entrySet()
					.stream()
					.map((setting) -> "--" + setting.getKey() + "=" + setting.getValue())
					.toArray(String[]::new));
		meters = service.getBean(MeterRegistry.class);
		Await.until("the marker of the bucket", Duration.ofSeconds(20), () -> store.bucket().count("holdfast.") == 1);
	}

	@AfterEach
	void stopService() {
		if (service != null) {
			service.close();
		}
	}

	@AfterAll
	static void stopParts() {
		redis.close();
		store.close();
	}

	@ParameterizedTest
	@CsvSource({ "5, 5", "50, 5", "400, 5", "50, 200" })
	void asksTheStoreAsOftenAsTheEquationSays(int rate, int intervalMillis) {
		Duration interval = Duration.ofMillis(intervalMillis);
		start(interval);
		run(rate, Duration.ofSeconds(1));
		Map<Kind, Double> metersBefore = metered();
		StoreCounts.Reading before = store.counts().read();
		double putSeconds = timer("put", TimeUnit.SECONDS);
		Tally tally = run(rate, TIME);
		StoreCounts.Reading asked = store.counts().read().since(before);
		Map<Kind, Double> metered = metered();
		double putTook = (timer("put", TimeUnit.SECONDS) - putSeconds) / asked.of(Kind.PUT);

		assertThat(tally.others).isEmpty();
		Cost cost = new Cost(tally.perSecond(), 1, Duration.ofNanos((long) (1e9 * putTook)), interval, POLL);
		double seconds = tally.seconds();
		System.out.printf(Locale.ROOT,
				"cost: %.0f/s, %.1f ms per PUT: PUT %d (%.0f), DELETE %d (%.1f), LIST %d (%.1f), GET %d%n",
				tally.perSecond(), 1000 * putTook, asked.of(Kind.PUT), seconds * cost.puts(), asked.of(Kind.DELETE),
				seconds * cost.deletes(), asked.of(Kind.LIST), seconds * cost.lists(), asked.of(Kind.GET));
		assertThat((double) asked.of(Kind.PUT)).isCloseTo(seconds * cost.puts(),
				within(PUTS_WITHIN, seconds * cost.puts()));
		assertThat((double) asked.of(Kind.DELETE)).isCloseTo(seconds * cost.deletes(),
				within(DELETES_WITHIN, seconds * cost.deletes()));
		assertThat((double) asked.of(Kind.LIST)).isCloseTo(seconds * cost.lists(),
				within(LISTS_WITHIN, seconds * cost.lists()));
		assertThat(asked.of(Kind.GET)).isLessThanOrEqualTo(1);
		for (Kind kind : List.of(Kind.PUT, Kind.GET, Kind.LIST, Kind.DELETE)) {
			assertThat(metered.get(kind) - metersBefore.get(kind)).as("meter of " + kind)
				.isCloseTo(asked.of(kind), Offset.offset(2.0));
		}
	}

	/// A request at either end may fall outside.
	private static Offset<Double> within(double share, double expected) {
		return Offset.offset(1 + share * expected);
	}

	private Tally run(int rate, Duration time) {
		Generator generator = new Generator(Load.open(rate, 200, time), this.payloads, new Journal(), List.of(address));
		generator.run();
		return generator.tally();
	}

	private static Map<Kind, Double> metered() {
		Map<Kind, Double> counts = new EnumMap<>(Kind.class);
		for (Kind kind : Kind.values()) {
			counts.put(kind, timers(kind.word()).mapToDouble(Timer::count).sum());
		}
		return counts;
	}

	private static double timer(String operation, TimeUnit unit) {
		return timers(operation).mapToDouble((timer) -> timer.totalTime(unit)).sum();
	}

	private static Stream<Timer> timers(String operation) {
		return meters.find(Meters.STORE_REQUESTS.id()).tag("operation", operation).timers().stream();
	}

	@Test
	void saysInItsTableWhatTheEquationGives() {
		Markdown document = Markdown.of("docs/cost.md");
		assertThat(document.rows("webhooks/s"))
			.containsExactlyElementsOf(List.of(1, 10, 100, 1000).stream().map(CostTests::row).toList());
	}

	private static List<String> row(int rate) {
		Cost cost = cost(rate, Duration.ofMillis(5));
		double month = Cost.SECONDS_PER_MONTH;
		double single = rate * month;
		return List.of(String.format(Locale.ROOT, "%,d", rate), millions(cost.puts() * month),
				millions(cost.lists() * month), millions(cost.gets() * month), millions(cost.deletes() * month),
				dollars(Price.AWS.month(cost)), dollars(Price.R2.month(cost)), dollars(Price.B2.month(cost)),
				String.format(Locale.ROOT, "%.0f", cost.puts() + cost.lists() + cost.gets() + cost.deletes()),
				dollars(Price.AWS.month(single, cost.lists() * month, single)));
	}

	@Test
	void saysWhatALongerIntervalSaves() {
		assertThat(Markdown.of("docs/cost.md").rows("interval"))
			.containsExactlyElementsOf(List.of(5, 100, 250, 1000).stream().map(CostTests::interval).toList());
	}

	private static List<String> interval(int millis) {
		Duration interval = Duration.ofMillis(millis);
		return Stream
			.concat(Stream.of((millis < 1000) ? millis + " ms" : "1 s"),
					Stream.of(1, 10, 100, 1000).map((rate) -> dollars(Price.AWS.month(cost(rate, interval)))))
			.toList();
	}

	private static Cost cost(int rate, Duration interval) {
		return new Cost(rate, 2, Duration.ofMillis(50), interval, Duration.ofSeconds(5));
	}

	private static String millions(double count) {
		return String.format(Locale.ROOT, "%.2f M", count / 1e6);
	}

	private static String dollars(double amount) {
		return String.format(Locale.ROOT, "$%,.0f", amount);
	}

}
