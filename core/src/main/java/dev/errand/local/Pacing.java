package dev.errand.local;

import dev.errand.time.Time;
import java.time.Duration;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/** Holds starts to a rate. One starts at a time; while there is a pause, none does, and one timer is there to end it. */
final class Pacing {
    private final Time time;
    private final Rate rate;
    private final ReentrantLock lock = new ReentrantLock();
    private boolean pausing;

    Pacing(Time time, Rate rate) {
        this.time = time;
        this.rate = rate;
    }

    /** What {@code pick} answers, if the rate allows a start now. */
    @Nullable
    Attempt inPace(Supplier<@Nullable Attempt> pick) {
        lock.lock();
        try {
            long now = time.nanoTime();
            if (pausing || rate.waitNanos(now) > 0) {
                return null;
            }
            Attempt next = pick.get();
            if (next != null) {
                rate.start(now);
            }
            return next;
        } finally {
            lock.unlock();
        }
    }

    /** For how long to pause; then the caller sees to {@link #resume}. Zero: there need not be a pause, or there is one already. */
    Duration pause() {
        lock.lock();
        try {
            long nanos = pausing ? 0 : rate.waitNanos(time.nanoTime());
            pausing = pausing || nanos > 0;
            return Duration.ofNanos(nanos);
        } finally {
            lock.unlock();
        }
    }

    void resume() {
        lock.lock();
        try {
            pausing = false;
        } finally {
            lock.unlock();
        }
    }
}
