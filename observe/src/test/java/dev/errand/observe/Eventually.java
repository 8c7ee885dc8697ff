package dev.errand.observe;

import java.time.Duration;
import java.util.concurrent.locks.LockSupport;
import java.util.function.BooleanSupplier;

/** Waits for a condition, for at most a minute of real time. */
final class Eventually {
    private Eventually() {}

    static void that(String what, BooleanSupplier condition) {
        doing(what, condition, () -> {});
    }

    /** The same, doing something between two looks. */
    static void doing(String what, BooleanSupplier condition, Runnable between) {
        long end = System.nanoTime() + Duration.ofMinutes(1).toNanos();
        while (!condition.getAsBoolean()) {
            if (System.nanoTime() > end) {
                throw new AssertionError("never came true: " + what);
            }
            between.run();
            LockSupport.parkNanos(Duration.ofMillis(2).toNanos());
        }
    }
}
