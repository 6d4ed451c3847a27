/// What a delivery is: JDK types only, used by everything.
@NullMarked
package dev.holdfast.delivery;

import org.jspecify.annotations.NullMarked;
