package dev.errand.bench;

import dev.errand.bench.measure.Samples;

/** What one round of one side gave. */
record Round(long tasks, double seconds, Samples times) {
    double rate() {
        return tasks / seconds;
    }
}
