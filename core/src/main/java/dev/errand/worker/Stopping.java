package dev.errand.worker;

import dev.errand.Health;
import dev.errand.time.Signal;
import dev.errand.time.Time;
import java.time.Duration;
import java.time.Instant;
import java.util.concurrent.CountDownLatch;
import java.util.function.BooleanSupplier;

/** Where a worker is in its stop, and the waiting for its handlers. Only one thread goes through the phases. */
final class Stopping {
    private final Time time;
    private final Signal ended;
    private final CountDownLatch finished = new CountDownLatch(1);
    private volatile Health.State state = Health.State.RUNNING;
    private volatile Instant since;

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
        first.run();
        since = time.now();
        state = Health.State.STOPPING;
        return true;
    }

    void done() {
        since = time.now();
        state = Health.State.STOPPED;
        finished.countDown();
    }

    /** Waits until the thread that went first is done. */
    void awaitDone() {
        boolean interrupted = false;
        while (finished.getCount() > 0) {
            try {
                finished.await();
            } catch (InterruptedException e) {
                interrupted = true;
            }
        }
        if (interrupted) {
            Thread.currentThread().interrupt();
        }
    }

    /** A handler has ended. */
    void ended() {
        if (state == Health.State.STOPPING) {
            ended.raise();
        }
    }

    /** Waits for a condition that changes with handlers' ends; whether it holds. An interrupt ends the wait, and is kept. */
    boolean await(BooleanSupplier condition, Duration max) {
        long end = time.nanoTime() + max.toNanos();
        while (!condition.getAsBoolean()) {
            long left = end - time.nanoTime();
            if (left <= 0) {
                return false;
            }
            try {
                ended.await(Duration.ofNanos(left));
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
                return condition.getAsBoolean();
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
