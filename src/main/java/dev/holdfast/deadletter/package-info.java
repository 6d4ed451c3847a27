/// Dead letters: listed, read, replayed, discarded, and swept when their time is over.
@NullMarked
package dev.holdfast.deadletter;

import org.jspecify.annotations.NullMarked;
