package dev.errand;

import java.time.Duration;
import org.jspecify.annotations.Nullable;

/**
 * Thrown by a handler: this attempt failed and counts; try again after exactly this time instead of the policy's back-off.
 * If the attempts are exhausted the task is dead all the same.
 */
public final class RetryAfter extends TaskSignal {
    private static final long serialVersionUID = 1L;
    private final Duration delay;

    /** Tries again after {@code delay}, zero or more. */
    public RetryAfter(Duration delay) {
        this(delay, null);
    }

    /** Tries again after {@code delay}, zero or more; {@code cause} is kept as the attempt's error. */
    public RetryAfter(Duration delay, @Nullable Throwable cause) {
        super("retry after " + delay, cause);
        requireNotNegative(delay);
        this.delay = delay;
    }

    /** How long to wait. */
    public Duration delay() {
        return delay;
    }
}
