/// The HTTP edge: reads, verifies and holds a delivery, then answers.
@NullMarked
package dev.holdfast.receive;

import org.jspecify.annotations.NullMarked;
