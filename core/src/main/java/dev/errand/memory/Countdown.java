package dev.errand.memory;

import dev.errand.time.Time;
import java.time.Duration;

/** What is left of a wait that may be interrupted by false alarms. */
final class Countdown {
    private static final Duration LONGEST = Duration.ofDays(36_500);

    private final Time time;
    private final long from;
    private final long span;

    Countdown(Time time, Duration span) {
        this.time = time;
        this.from = time.nanoTime();
        this.span = (span.compareTo(LONGEST) > 0 ? LONGEST : span.isNegative() ? Duration.ZERO : span).toNanos();
    }

    /** Zero or less when it is over. */
    Duration left() {
        return Duration.ofNanos(span - (time.nanoTime() - from));
    }
}
