/// From a stored segment to its deletion: poller, hand-off, worker, handlers, outcomes,
/// settling.
@NullMarked
package dev.holdfast.process;

import org.jspecify.annotations.NullMarked;
