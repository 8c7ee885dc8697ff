/** The command {@code bench}: workloads on a broker beside the bare client. Start at {@link dev.errand.bench.Bench}. */
@NullMarked
package dev.errand.bench;

import org.jspecify.annotations.NullMarked;
