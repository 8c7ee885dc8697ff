/** Measurements of in-process work. */
@NullMarked
package dev.errand.bench.local;

import org.jspecify.annotations.NullMarked;
