/// Segments: their format, group commit, and the object store. The only package that
/// knows the AWS SDK.
@NullMarked
package dev.holdfast.buffer;

import org.jspecify.annotations.NullMarked;
