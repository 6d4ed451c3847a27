/// The benchmark: signed deliveries, a store with a settable delay and cap, and a
/// service in a JVM of its own between them. `bench/run` starts it; `docs/benchmark.md`
/// explains it.
@NullMarked
package dev.holdfast.bench;

import org.jspecify.annotations.NullMarked;
