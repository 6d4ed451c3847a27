/// Time and threads as an injected part, so that a simulation can stand in for both.
@NullMarked
package dev.holdfast.schedule;

import org.jspecify.annotations.NullMarked;
