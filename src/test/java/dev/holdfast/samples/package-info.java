/// What a user runs against Holdfast, run against a small server.
@NullMarked
package dev.holdfast.samples;

import org.jspecify.annotations.NullMarked;
