/// What operators see and reach: health, credentials, shutdown.
@NullMarked
package dev.holdfast.operate;

import org.jspecify.annotations.NullMarked;
