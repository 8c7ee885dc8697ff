/** What metrics, listeners and log fields cost. Start at {@link dev.errand.bench.observe.ObserveBench}. */
@NullMarked
package dev.errand.bench.observe;

import org.jspecify.annotations.NullMarked;
