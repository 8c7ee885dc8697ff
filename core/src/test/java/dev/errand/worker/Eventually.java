package dev.errand.worker;

import dev.errand.time.ManualTime;
import java.time.Duration;
import java.util.concurrent.locks.LockSupport;
import java.util.function.BooleanSupplier;

/** Waits for a condition, for at most half a minute of real time, without guessing how long it takes. */
final class Eventually {
    /** A worker's loops; each waits with one timer, which is gone once it has fired. */
    private static final int LOOPS = 7;

    private Eventually() {}

    static void that(String what, BooleanSupplier condition) {
        doing(what, condition, () -> LockSupport.parkNanos(Duration.ofMillis(1).toNanos()));
    }

    /**
     * The same, moving virtual time between two looks, but only while all loops of the one running worker wait.
     *
     * @param others how many timers there are beside the loops' own, such as a running handler's timeout
     */
    static void moving(ManualTime time, int others, Duration step, String what, BooleanSupplier condition) {
        doing(what, condition, () -> {
            that(
                    "all loops wait, or " + what,
                    () -> time.pendingTimers() >= LOOPS + others || condition.getAsBoolean());
            if (!condition.getAsBoolean()) {
                time.advance(step);
            }
        });
    }

    private static void doing(String what, BooleanSupplier condition, Runnable between) {
        long end = System.nanoTime() + Duration.ofSeconds(30).toNanos();
        while (!condition.getAsBoolean()) {
            if (System.nanoTime() > end) {
                throw new AssertionError("never came true: " + what);
            }
            between.run();
        }
    }
}
