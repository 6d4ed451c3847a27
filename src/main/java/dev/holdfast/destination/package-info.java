/// Handlers that are configured, not coded.
@NullMarked
package dev.holdfast.destination;

import org.jspecify.annotations.NullMarked;
