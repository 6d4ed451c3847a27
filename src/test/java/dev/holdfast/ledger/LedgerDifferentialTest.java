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

	private static final int RUNS = Integer.getInteger("holdfast.differential.runs", 60);

	private static final int OPERATIONS = 60;

	private static final Duration LONG = Duration.ofMinutes(10);

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
				Operation operation = operation(random, redis);
				String expected = operation.on(harness.ledger).toString();
				String actual = operation.on(simulated).toString();
				told.add(operation.name() + " -> " + expected);
				assertThat(actual).as("seed %d, after %s", seed, told).isEqualTo(expected);
			}
		}
	}

	private static Operation operation(Random random, SimulatedRedis redis) {
		Lease lease = new Lease("segment-" + random.nextInt(3), "token-" + random.nextInt(2), LONG);
		return switch (random.nextInt(7)) {
			case 0, 1 -> {
				List<String> segments = List.of(lease.segment(), "segment-" + (3 + random.nextInt(2)));
				yield new Operation("claim " + segments + lease.token(),
						(ledger) -> ledger.claim(segments, lease.token(), LONG)
							.stream()
							.map(LedgerDifferentialTest::timeless)
							.toList());
			}
			case 2, 3 -> {
				boolean claim = random.nextBoolean();
				List<CopyKey> copies = copies(random);
				yield new Operation("begin " + lease + copies + claim,
						(ledger) -> ledger.begin(lease, copies, claim)
							.stream()
							.map(LedgerDifferentialTest::timeless)
							.toList());
			}
			case 4 -> {
				List<Mark> marks = copies(random).stream()
					.map((copy) -> new Mark(one(random, Mark.Kind.values()), copy, lease))
					.toList();
				List<Settlement> settlements = random.nextBoolean() ? List.of()
						: List.of(new Settlement(one(random, Settlement.Kind.values()), lease, LONG));
				yield new Operation("mark " + marks + settlements, (ledger) -> ledger.mark(marks, settlements));
			}
			case 5 -> {
				List<CopyKey> copies = copies(random);
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

	private static List<CopyKey> copies(Random random) {
		List<CopyKey> copies = new ArrayList<>();
		int first = random.nextInt(3);
		for (int i = 0; i <= random.nextInt(2); i++) {
			copies.add(new CopyKey("record-" + (first + i) % 3, random.nextInt(3)));
		}
		return copies;
	}

	private static <T> T one(Random random, T[] values) {
		return values[random.nextInt(values.length)];
	}

	private static String timeless(Claim claim) {
		return (claim instanceof Claim.Busy) ? "busy" : claim.toString();
	}

	private static String timeless(Begun begun) {
		return (begun instanceof Begun.Busy) ? "busy" : begun.toString();
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
