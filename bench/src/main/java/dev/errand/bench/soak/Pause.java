package dev.errand.bench.soak;

import java.time.Duration;

/** Waiting that ends early when the load ends. */
interface Pause {
    /** Answers whether the load has ended. */
    boolean await(Duration time) throws InterruptedException;
}
