/** Hands notices to listeners without waiting for them. Not for users. */
@NullMarked
package dev.errand.notices;

import org.jspecify.annotations.NullMarked;
