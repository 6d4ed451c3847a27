/// Holdfast as it is delivered: the image and the compose stack, on a Docker engine,
/// and what `deploy` has for bare hosts, on this one.
@NullMarked
package dev.holdfast.container;

import org.jspecify.annotations.NullMarked;
