/// Holdfast as it is delivered: the image and the compose stack, on a Docker engine.
@NullMarked
package dev.holdfast.container;

import org.jspecify.annotations.NullMarked;
