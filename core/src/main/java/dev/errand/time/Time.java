package dev.errand.time;

import java.time.Duration;
import java.time.Instant;

/**
 * The one source of time for an {@code Errand}: every clock reading, timer and timed wait of the engine and of the
 * in-memory broker goes through it, so that a test can run them all under {@link ManualTime}. Thread-safe.
 */
public interface Time extends AutoCloseable {

    /** The wall clock. */
    Instant now();

    /** A monotonic clock in nanoseconds with an arbitrary origin, for measuring spans. */
    long nanoTime();

    /**
     * Runs {@code action} once, {@code delay} from now, on a thread of this object's own.
     *
     * @param delay how long to wait; zero or less means at once
     * @param action must be short and must not block: all timers may share one thread
     * @return a handle to take the timer back with
     */
    Timer after(Duration delay, Runnable action);

    /** Stops the timer thread; timers that have not fired never will. Idempotent. */
    @Override
    void close();

    /** A pending action. */
    @FunctionalInterface
    interface Timer {
        /** Takes the action back if it has not begun; otherwise does nothing. */
        void cancel();
    }

    /** The system's clock, with a timer thread of its own that starts with the first timer. */
    static Time system() {
        return new SystemTime();
    }
}
