package dev.errand;

import java.time.Duration;

/** Thrown by a handler: give the task back, to be tried again after this time; the attempt does not count. */
public final class Release extends TaskSignal {
    private static final long serialVersionUID = 1L;
    private final Duration delay;

    /** Gives the task back for {@code delay}, zero or more; zero: to the end of its line, at once. */
    public Release(Duration delay) {
        super("release for " + delay, null);
        requireNotNegative(delay);
        this.delay = delay;
    }

    /** How long to wait. */
    public Duration delay() {
        return delay;
    }
}
