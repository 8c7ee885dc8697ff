/**
 * The worker's engine: takes, runs and settles. Not for users.
 *
 * <p>The way of a task: {@code Fetcher} takes it from the broker → {@code Bench} holds it until there is room → {@code Runner}
 * runs the handler on a virtual thread and has {@code Judge} turn what happened into an outcome → {@code Settler} writes the
 * outcome down. Beside them {@code LeaseKeeper} renews all leases. {@code WorkerEngine} starts and stops the lot.
 */
@NullMarked
package dev.errand.worker;

import org.jspecify.annotations.NullMarked;
