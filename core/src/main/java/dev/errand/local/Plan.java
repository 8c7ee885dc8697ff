package dev.errand.local;

import dev.errand.Retry;
import java.time.Duration;
import java.time.Instant;
import org.jspecify.annotations.Nullable;

/** How a job runs; jobs without options of their own share one. */
record Plan(
        int weight,
        Retry retry,
        @Nullable Duration timeout,
        @Nullable Instant deadline) {
    Plan until(Instant latest) {
        return deadline == null || latest.isBefore(deadline) ? new Plan(weight, retry, timeout, latest) : this;
    }
}
