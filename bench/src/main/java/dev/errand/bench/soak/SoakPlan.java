package dev.errand.bench.soak;

import java.time.Duration;

/**
 * What to do.
 *
 * @param broker a kind's name or a URL
 * @param load for how long tasks are enqueued
 * @param seed of all random choices
 * @param workers processes
 * @param rate tasks a second, of all producers together
 * @param diskMegabytes the load ends early when the folder of the soak has become larger
 * @param every about how often something is done to a worker
 */
record SoakPlan(String broker, Duration load, long seed, int workers, int rate, long diskMegabytes, Duration every) {
    static final int PRODUCERS = 2;
    static final int CONCURRENCY = 16;
    static final Duration SHORT_LEASE = Duration.ofSeconds(2);
    static final Duration LONG_LEASE = Duration.ofSeconds(30);

    /** After the load: for what waits, for a lease of a worker that stood still, for a slow machine. */
    Duration drain() {
        return Duration.ofMinutes(2);
    }
}
