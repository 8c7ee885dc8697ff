package dev.errand.worker;

import dev.errand.time.Time;
import java.time.Duration;
import java.util.concurrent.atomic.LongAdder;

/**
 * How many tasks to take ahead of the free slots: what the worker has lately been finishing in {@value #AHEAD_MILLIS} ms,
 * so that nothing is hoarded for longer than about that. {@link #lookAhead} is for one thread.
 */
final class Pace {
    private static final long AHEAD_MILLIS = 100;
    private static final long SAMPLE_NANOS = Duration.ofMillis(5).toNanos();
    private static final double NEW_SHARE = 0.3;

    private final Time time;
    private final int most;
    private final LongAdder finished = new LongAdder();
    private long sampledAt;
    private double perNano;

    Pace(Time time, int concurrency) {
        this.time = time;
        this.most = Math.min(2_000, Math.max(128, concurrency * 4));
        this.sampledAt = time.nanoTime();
    }

    void finishedOne() {
        finished.increment();
    }

    int lookAhead() {
        long now = time.nanoTime();
        long span = now - sampledAt;
        if (span >= SAMPLE_NANOS) {
            double rate = (double) finished.sumThenReset() / span;
            double share = span > 20 * SAMPLE_NANOS ? 1 : NEW_SHARE;
            perNano = perNano * (1 - share) + rate * share;
            sampledAt = now;
        }
        return (int) Math.min(most, perNano * Duration.ofMillis(AHEAD_MILLIS).toNanos());
    }
}
