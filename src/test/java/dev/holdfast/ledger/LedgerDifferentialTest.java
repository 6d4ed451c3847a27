package dev.holdfast.ledger;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;

import dev.holdfast.ledger.Ledger.Begun;
import dev.holdfast.ledger.Ledger.Claim;
import dev.holdfast.ledger.Ledger.CopyKey;
import dev.holdfast.ledger.Ledger.Lease;
import dev.holdfast.ledger.Ledger.Mark;
import dev.holdfast.ledger.Ledger.Settlement;
import dev.holdfast.simulation.SimulatedLedger;
import dev.holdfast.simulation.SimulatedRedis;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;

/// The simulated ledger and the scripts on a real Redis are one state machine: the same
/// random operations get the same answers. The few segments, tokens and records collide all
/// the time.
class LedgerDifferentialTest {

	private static final int RUNS = Integer.getInteger("holdfast.differential.runs", 100);

	private static final int OPERATIONS = 120;

	/// For how many operations the same records are spoken of.
	private static final int A_WHILE = 12;

	private static final Duration SHORT = Duration.ofMinutes(5);

	private static final Duration LONG = Duration.ofMinutes(10);

	private static final Duration LONGER = Duration.ofMinutes(20);

	/// Most marks leave a record open, so that there is more to tell of it.
	private static final Mark.Kind[] KINDS = { Mark.Kind.RETRY, Mark.Kind.RETRY, Mark.Kind.RELEASED, Mark.Kind.RELEASED,
			Mark.Kind.HANDLED, Mark.Kind.DEAD };

	private static RedisHarness harness;

	@BeforeAll
	static void start() {
		harness = new RedisHarness(Duration.ofSeconds(10));
	}

	@AfterAll
	static void stop() {
		harness.close();
	}

	@Test
	void answersAsTheScriptsDo() throws LedgerException {
		for (int seed = 0; seed < RUNS; seed++) {
			harness.flush();
			SimulatedRedis redis = new SimulatedRedis(() -> 0);
			SimulatedLedger simulated = new SimulatedLedger(redis, SimulatedLedger.Calls.SAFE);
			Random random = new Random(seed);
			List<String> told = new ArrayList<>();
			for (int i = 0; i < OPERATIONS; i++) {
				Operation operation = operation(random, i / A_WHILE, redis);
				String expected = operation.on(harness.ledger).toString();
				String actual = operation.on(simulated).toString();
				told.add(operation.name() + " -> " + expected);
				assertThat(actual).as("seed %d, after %s", seed, told).isEqualTo(expected);
			}
			assertThat(harness.eternal()).as("seed %d, keys without an end", seed).isEmpty();
		}
	}

	/// @param from the first of the records that are spoken of, while the ones before are
	/// left to themselves, most of them closed
	private static Operation operation(Random random, int from, SimulatedRedis redis) {
		Lease lease = lease(random);
		return switch (random.nextInt(8)) {
			case 0, 1 -> {
				List<String> segments = List.of(lease.segment(), "segment-" + (3 + random.nextInt(2)));
				yield new Operation("claim " + segments + lease.token(),
						(ledger) -> ledger.claim(segments, lease.token(), lease.duration())
							.stream()
							.map(LedgerDifferentialTest::rounded)
							.toList());
			}
			case 2, 3, 4 -> {
				boolean claim = random.nextBoolean();
				List<CopyKey> copies = copies(random, from);
				yield new Operation("begin " + lease + copies + claim,
						(ledger) -> ledger.begin(lease, copies, claim)
							.stream()
							.map(LedgerDifferentialTest::rounded)
							.toList());
			}
			case 5 -> {
				List<Mark> marks = copies(random, from).stream()
					.map((copy) -> new Mark(one(random, KINDS), copy, lease))
					.toList();
				List<Settlement> settlements = random.nextBoolean() ? List.of()
						: List.of(new Settlement(one(random, Settlement.Kind.values()),
								random.nextBoolean() ? lease : lease(random), SHORT));
				yield new Operation("mark " + marks + settlements, (ledger) -> ledger.mark(marks, settlements));
			}
			case 6 -> {
				List<CopyKey> copies = copies(random, from);
				yield new Operation("closed " + copies,
						(ledger) -> ledger.closed(copies) + "" + ledger.renew(List.of(lease)));
			}
			default -> new Operation("end " + lease.segment(), (ledger) -> {
				redis.endLease(lease.segment());
				harness.end(lease.segment());
				return "ended";
			});
		};
	}

	private static Lease lease(Random random) {
		return new Lease("segment-" + random.nextInt(3), "token-" + random.nextInt(2),
				random.nextBoolean() ? LONG : LONGER);
	}

	private static List<CopyKey> copies(Random random, int from) {
		List<CopyKey> copies = new ArrayList<>();
		int first = random.nextInt(3);
		for (int i = 0; i <= random.nextInt(2); i++) {
			copies.add(new CopyKey("record-" + (from + (first + i) % 3), Math.max(0, random.nextInt(5) - 2)));
		}
		return copies;
	}

	private static <T> T one(Random random, T[] values) {
		return values[random.nextInt(values.length)];
	}

	private static String rounded(Claim claim) {
		return (claim instanceof Claim.Busy(Duration atMost)) ? "busy " + minutes(atMost) : claim.toString();
	}

	private static String rounded(Begun begun) {
		return (begun instanceof Begun.Busy(Duration atMost)) ? "busy " + minutes(atMost) : begun.toString();
	}

	/// No time passes in the simulated one, and little in the real one.
	private static long minutes(Duration time) {
		return time.plusSeconds(59).toMinutes();
	}

	private record Operation(String name, Call call) {

		Object on(Ledger ledger) throws LedgerException {
			return this.call.on(ledger);
		}

	}

	private interface Call {

		Object on(Ledger ledger) throws LedgerException;

	}

}
