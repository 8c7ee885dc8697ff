package dev.errand.worker;

import dev.errand.Health;
import dev.errand.time.Signal;
import dev.errand.time.Time;
import java.time.Duration;
import java.time.Instant;
import java.util.concurrent.CountDownLatch;
import java.util.function.BooleanSupplier;

/**
 * Where a worker is in its stop, and the waiting for its handlers. Only one thread goes through the phases. Its interrupts are
 * given back to it by {@link #done}, so that they disturb none of the parts that are stopped meanwhile.
 */
final class Stopping {
    /** As good as for ever, and fits into nanoseconds. */
    private static final Duration LONGEST = Duration.ofDays(36_500);

    private final Time time;
    private final Signal ended;
    private final CountDownLatch finished = new CountDownLatch(1);
    private volatile Health.State state = Health.State.RUNNING;
    private volatile Instant since;
    /** Whether the thread that goes through the phases was interrupted. */
    private boolean interrupted;

    Stopping(Time time) {
        this.time = time;
        this.ended = new Signal(time);
        this.since = time.now();
    }

    /** True for the first caller, whose {@code first} has run before anybody sees that the worker stops. */
    synchronized boolean begin(Runnable first) {
        if (state != Health.State.RUNNING) {
            return false;
        }
        interrupted = Thread.interrupted();
        first.run();
        since = time.now();
        state = Health.State.STOPPING;
        return true;
    }

    void done() {
        since = time.now();
        state = Health.State.STOPPED;
        finished.countDown();
        if (interrupted) {
            Thread.currentThread().interrupt();
        }
    }

    /** Waits until the thread that went first is done. */
    void awaitDone() {
        boolean noticed = false;
        while (finished.getCount() > 0) {
            try {
                finished.await();
            } catch (InterruptedException e) {
                noticed = true;
            }
        }
        if (noticed) {
            Thread.currentThread().interrupt();
        }
    }

    /** A handler has ended. */
    void ended() {
        if (state == Health.State.STOPPING) {
            ended.raise();
        }
    }

    /** Waits for a condition that changes with handlers' ends; whether it holds. An interrupt, also an earlier one, ends the wait. */
    boolean awaitUnlessInterrupted(BooleanSupplier condition, Duration max) {
        return await(condition, max, false);
    }

    /** The same, whatever interrupts it. */
    boolean await(BooleanSupplier condition, Duration max) {
        return await(condition, max, true);
    }

    private boolean await(BooleanSupplier condition, Duration max, boolean patient) {
        long end = time.nanoTime() + (max.compareTo(LONGEST) > 0 ? LONGEST : max).toNanos();
        while (!condition.getAsBoolean()) {
            long left = end - time.nanoTime();
            if (left <= 0 || (interrupted && !patient)) {
                return false;
            }
            try {
                ended.await(Duration.ofNanos(left));
            } catch (InterruptedException e) {
                interrupted = true;
            }
        }
        return true;
    }

    Health.State state() {
        return state;
    }

    Instant since() {
        return since;
    }
}
