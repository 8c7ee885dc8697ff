package dev.errand.contract.process;

import dev.errand.time.Time;
import java.time.Duration;
import java.time.Instant;

/** The system's time, with a wall clock that is wrong by a fixed span. */
final class SkewedTime implements Time {
    private final Time system = Time.system();
    private final Duration skew;

    SkewedTime(Duration skew) {
        this.skew = skew;
    }

    @Override
    public Instant now() {
        return system.now().plus(skew);
    }

    @Override
    public long nanoTime() {
        return system.nanoTime();
    }

    @Override
    public Timer after(Duration delay, Runnable action) {
        return system.after(delay, action);
    }

    @Override
    public void close() {
        system.close();
    }
}
