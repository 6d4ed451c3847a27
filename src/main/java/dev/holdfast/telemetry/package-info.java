/// The names of meters and log keys.
@NullMarked
package dev.holdfast.telemetry;

import org.jspecify.annotations.NullMarked;
