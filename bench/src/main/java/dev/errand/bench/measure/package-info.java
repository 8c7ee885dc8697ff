/** Counting tasks and times. */
@NullMarked
package dev.errand.bench.measure;

import org.jspecify.annotations.NullMarked;
