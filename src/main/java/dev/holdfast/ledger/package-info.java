/// Claims, leases and the dedupe ledger in Redis. The only package that knows Redis.
@NullMarked
package dev.holdfast.ledger;

import org.jspecify.annotations.NullMarked;
