package dev.holdfast.simulation;

import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/// Where replicas crash: before or after the n-th call of a port, as the seed says. It is
/// the call that is picked, not the moment, so that the rare calls are hit as often as the
/// frequent ones.
class Crashes {

	static final Crashes NONE = new Crashes();

	/// Before or after which calls.
	static final List<String> CALLS = List.of("put", "get", "list", "copy", "delete", "claim", "begin", "renew", "mark",
			"closed", "ticket", "handle", "start", "after", "await", "pause");

	void before(String call) {
	}

	void after(String call) {
	}

	/// The crashes of one run.
	static final class Plan {

		/// How many calls of a kind there are at least in most runs.
		private static final Map<String, Integer> FEW = Map.of("copy", 1, "closed", 2);

		private static final int MANY = 40;

		private final Faults faults;

		private final Set<String> calls = new HashSet<>();

		private final Map<String, Integer> left = new HashMap<>();

		Plan(World world, Faults faults, int crashes) {
			this.faults = faults;
			for (int i = 0; i < crashes; i++) {
				String call = CALLS.get(world.random.nextInt(CALLS.size()));
				this.calls.add(call);
				String point = call + " crash " + (world.random.nextBoolean() ? "before" : "after");
				this.left.put(point, 1 + world.random.nextInt(FEW.getOrDefault(call, MANY)));
			}
		}

		/// The crashes as one replica meets them.
		/// @param crash kills it
		Crashes of(Runnable crash) {
			return new Crashes() {

				@Override
				void before(String call) {
					at(call, " crash before", crash);
				}

				@Override
				void after(String call) {
					at(call, " crash after", crash);
				}

			};
		}

		private void at(String call, String side, Runnable crash) {
			if (!this.calls.contains(call) || this.faults.areOver()) {
				return;
			}
			String point = call + side;
			Integer calls = this.left.get(point);
			if (calls == null) {
				return;
			}
			if (calls > 1) {
				this.left.put(point, calls - 1);
				return;
			}
			this.left.remove(point);
			this.faults.happened(point);
			crash.run();
		}

	}

}
