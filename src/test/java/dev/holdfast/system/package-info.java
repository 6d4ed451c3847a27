/// The whole service on real parts: replicas in their own JVMs, Redis behind Sentinels,
/// an S3-compatible server, and faults in all of them. Each test prints its figures in
/// one line that begins with `system:`.
@NullMarked
package dev.holdfast.system;

import org.jspecify.annotations.NullMarked;
