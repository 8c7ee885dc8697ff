/** Processes of our own that a measurement or the soak starts, and may treat badly. */
@NullMarked
package dev.errand.bench.process;

import org.jspecify.annotations.NullMarked;
