/// What was promised to clients held against what handlers did. It knows strings and times
/// alone, so that simulated replicas and real ones are judged by the same words.
@NullMarked
package dev.holdfast.oracle;

import org.jspecify.annotations.NullMarked;
