import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.net.InetSocketAddress;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentSkipListMap;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.LockSupport;
import java.util.function.BooleanSupplier;

import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;

/// Load, destination and bookkeeping of the failover drill; `deploy/drill` starts it inside the
/// network of the stack, and strikes.
///
///     java Drill.java WEBHOOK SECRET RATE PORT
///
/// Takes commands from standard input, and answers `ok` or why not: `warm`, `strike NAME`, `heal`
/// (returns when all is as before), `end` (prints the report). Progress goes to standard error.
/// Exit status 1: an acknowledged delivery was not handled, or recovery took too long.
public final class Drill {

	/// What Shopify waits for.
	private static final Duration PATIENCE = Duration.ofSeconds(5);

	/// A lease of 30 s, the wait before a retry, and time to catch up.
	private static final Duration RECOVERY = Duration.ofSeconds(Integer.getInteger("drill.recovery", 180));

	/// A shorter time without any effect is not called a pause.
	private static final Duration PAUSE = Duration.ofMillis(1000);

	private final HttpClient client = HttpClient.newBuilder()
		.version(HttpClient.Version.HTTP_1_1)
		.connectTimeout(PATIENCE)
		.build();

	private final URI webhook;

	private final SecretKeySpec secret;

	private final int rate;

	private final long began = System.nanoTime();

	/// When each delivery was acknowledged, by id.
	private final Map<String, Long> acknowledged = new ConcurrentHashMap<>();

	/// How often each idempotency key arrived, and the ids of what arrived.
	private final Map<String, AtomicInteger> effects = new ConcurrentHashMap<>();

	private final Map<String, Boolean> handled = new ConcurrentHashMap<>();

	/// Moments of effects, to find the longest time without one.
	private final ConcurrentSkipListMap<Long, Boolean> moments = new ConcurrentSkipListMap<>();

	private final List<Phase> phases = new ArrayList<>();

	private volatile Phase phase = new Phase("(no fault)", System.nanoTime());

	private Drill(URI webhook, String secret, int rate) {
		this.webhook = webhook;
		this.secret = new SecretKeySpec(secret.getBytes(StandardCharsets.UTF_8), "HmacSHA256");
		this.rate = rate;
	}

	/// What happened from one strike until the next.
	private static final class Phase {

		private final String name;

		private final long from;

		private final AtomicInteger sent = new AtomicInteger();

		private final AtomicInteger refused = new AtomicInteger();

		private final AtomicInteger unanswered = new AtomicInteger();

		private final AtomicInteger repeated = new AtomicInteger();

		private volatile long lastTrouble;

		private long caughtUp;

		private Phase(String name, long from) {
			this.name = name;
			this.from = from;
			this.lastTrouble = from;
		}

		/// @param status the answer's; 0 for none
		private void count(int status) {
			this.sent.incrementAndGet();
			if (status != 200) {
				((status == 0) ? this.unanswered : this.refused).incrementAndGet();
				this.lastTrouble = System.nanoTime();
			}
		}

	}

	public static void main(String[] args) throws Exception {
		Drill drill = new Drill(URI.create(args[0]), args[1], Integer.parseInt(args[2]));
		HttpServer destination = HttpServer.create(new InetSocketAddress(Integer.parseInt(args[3])), 1000);
		destination.setExecutor(Executors.newVirtualThreadPerTaskExecutor());
		destination.createContext("/effect", drill::effect);
		destination.start();
		System.exit(drill.obey() ? 0 : 1);
	}

	/// A delivery is handled once this has answered; it is counted before.
	private void effect(HttpExchange exchange) throws IOException {
		try (exchange) {
			exchange.getRequestBody().readAllBytes();
			String key = exchange.getRequestHeaders().getFirst("Idempotency-Key");
			if (this.effects.computeIfAbsent(key, (_) -> new AtomicInteger()).incrementAndGet() > 1) {
				this.phase.repeated.incrementAndGet();
			}
			this.handled.put(exchange.getRequestHeaders().getFirst("X-Shopify-Webhook-Id"), true);
			this.moments.put(System.nanoTime(), true);
			exchange.sendResponseHeaders(200, -1);
		}
	}

	private boolean obey() throws IOException {
		boolean well = true;
		try (ScheduledExecutorService clock = Executors.newScheduledThreadPool(2);
				var posts = Executors.newVirtualThreadPerTaskExecutor();
				BufferedReader commands = new BufferedReader(new InputStreamReader(System.in))) {
			String line;
			while ((line = commands.readLine()) != null && !line.equals("end")) {
				String[] words = line.split(" ");
				switch (words[0]) {
					case "warm" -> {
						well = await(() -> post() == 200) && await(() -> waiting() == 0);
						clock.scheduleAtFixedRate(() -> posts.execute(this::post), 0, 1_000_000 / this.rate,
								TimeUnit.MICROSECONDS);
						clock.scheduleAtFixedRate(this::progress, 5, 5, TimeUnit.SECONDS);
						pass(Duration.ofSeconds(5));
					}
					case "strike" -> begin(new Phase(words[1], System.nanoTime()));
					case "heal" -> well &= recover();
					default -> throw new IllegalArgumentException(line);
				}
				System.out.println(well ? "ok" : "not recovered within " + RECOVERY.toSeconds() + " s");
			}
			clock.shutdownNow();
		}
		this.client.close();
		await(() -> waiting() == 0);
		begin(this.phase);
		return report() && well;
	}

	private void begin(Phase next) {
		this.phases.add(this.phase);
		this.phase = next;
	}

	/// All is as before when nothing was refused for 3 s, and all that was acknowledged
	/// until now is handled.
	private boolean recover() {
		List<String> due = List.copyOf(this.acknowledged.keySet());
		boolean done = await(() -> this.handled.keySet().containsAll(due));
		this.phase.caughtUp = System.nanoTime();
		return done && await(() -> System.nanoTime() - this.phase.lastTrouble > 3_000_000_000L);
	}

	private int post() {
		Phase current = this.phase;
		String id = UUID.randomUUID().toString();
		byte[] body = "{\"id\":\"%s\",\"note\":\"%s\"}".formatted(id, "x".repeat(2000)).getBytes(StandardCharsets.UTF_8);
		HttpRequest request = HttpRequest.newBuilder(this.webhook)
			.timeout(PATIENCE)
			.header("Content-Type", "application/json")
			.header("X-Shopify-Topic", "orders/create")
			.header("X-Shopify-Shop-Domain", "holdfast-drill.myshopify.com")
			.header("X-Shopify-Webhook-Id", id)
			.header("X-Shopify-Hmac-Sha256", signature(body))
			.POST(BodyPublishers.ofByteArray(body))
			.build();
		int status = 0;
		try {
			status = this.client.send(request, BodyHandlers.discarding()).statusCode();
		}
		catch (IOException ex) {
			// No answer.
		}
		catch (InterruptedException ex) {
			Thread.currentThread().interrupt();
		}
		if (status == 200) {
			this.acknowledged.put(id, System.nanoTime());
		}
		current.count(status);
		return status;
	}

	private String signature(byte[] body) {
		try {
			Mac mac = Mac.getInstance("HmacSHA256");
			mac.init(this.secret);
			return Base64.getEncoder().encodeToString(mac.doFinal(body));
		}
		catch (GeneralSecurityException ex) {
			throw new IllegalStateException(ex);
		}
	}

	private long waiting() {
		return this.acknowledged.keySet().stream().filter((id) -> !this.handled.containsKey(id)).count();
	}

	private void progress() {
		System.err.printf("%5d s  %-16s %6d acknowledged, %5d waiting%n", (System.nanoTime() - this.began) / 1_000_000_000,
				this.phase.name, this.acknowledged.size(), waiting());
	}

	/// @return whether nothing was lost
	private boolean report() {
		String row = "%-16s %7s %8s %9s %9s   %10s %11s %10s%n";
		System.out.printf(row, "fault", "sent", "refused", "no answer", "repeated", "receiving", "processing", "caught up");
		for (int i = 0; i < this.phases.size(); i++) {
			Phase each = this.phases.get(i);
			long until = (i + 1 < this.phases.size()) ? this.phases.get(i + 1).from : System.nanoTime();
			boolean fault = i > 0;
			System.out.printf(row, each.name, each.sent, each.refused, each.unanswered, each.repeated,
					fault ? seconds(each.lastTrouble - each.from) : "", fault ? seconds(pause(each.from, until)) : "",
					fault ? seconds(each.caughtUp - each.from) : "");
		}
		List<String> lost = this.acknowledged.keySet().stream().filter((id) -> !this.handled.containsKey(id)).toList();
		long more = this.handled.keySet().stream().filter((id) -> !this.acknowledged.containsKey(id)).count();
		System.out.printf("%nacknowledged %d, handled %d (of which %d were not acknowledged: Shopify sends those again)%n",
				this.acknowledged.size(), this.handled.size(), more);
		lost.stream().limit(10).forEach((id) -> System.out.println("lost: " + id));
		System.out.println("lost " + lost.size());
		return lost.isEmpty();
	}

	/// From the strike to the end of the longest time without an effect.
	private long pause(long from, long until) {
		long longest = PAUSE.toNanos();
		long end = from;
		long last = from;
		for (long moment : this.moments.subMap(from, until).keySet()) {
			if (moment - last > longest) {
				longest = moment - last;
				end = moment;
			}
			last = moment;
		}
		return end - from;
	}

	private static String seconds(long nanos) {
		return "%.1f s".formatted(Math.max(0, nanos) / 1e9);
	}

	private static boolean await(BooleanSupplier condition) {
		long deadline = System.nanoTime() + RECOVERY.toNanos();
		while (!condition.getAsBoolean()) {
			if (System.nanoTime() > deadline) {
				return false;
			}
			pass(Duration.ofMillis(100));
		}
		return true;
	}

	private static void pass(Duration time) {
		LockSupport.parkNanos(time.toNanos());
	}

}
