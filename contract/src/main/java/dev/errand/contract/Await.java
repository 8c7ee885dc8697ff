package dev.errand.contract;

import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.function.BooleanSupplier;
import java.util.function.Supplier;

/** Waits for what other threads and processes do: until it is so, and never longer than a deadline. */
public final class Await {
    /** Long enough for anything that is not broken, on a busy machine. */
    public static final Duration PATIENCE = Duration.ofSeconds(15);

    private static final long POLL_NANOS = TimeUnit.MILLISECONDS.toNanos(2);

    private Await() {}

    /** Waits until {@code condition} holds; fails after {@link #PATIENCE}. */
    public static void until(String what, BooleanSupplier condition) {
        until(what, PATIENCE, condition);
    }

    /** Waits until {@code condition} holds; fails after {@code max}, saying what was waited for. */
    public static void until(String what, Duration max, BooleanSupplier condition) {
        until(() -> what, max, condition);
    }

    /** The same with a description of how things stand at the end. */
    public static void until(Supplier<String> what, Duration max, BooleanSupplier condition) {
        if (!within(max, condition)) {
            throw new AssertionError("not within " + max + ": " + what.get());
        }
    }

    /** Waits until there is a value, and answers it. */
    public static <T> T present(String what, Supplier<Optional<T>> source) {
        long end = System.nanoTime() + PATIENCE.toNanos();
        while (true) {
            Optional<T> value = source.get();
            if (value.isPresent()) {
                return value.get();
            }
            if (System.nanoTime() - end > 0) {
                throw new AssertionError("not within " + PATIENCE + ": " + what);
            }
            LockSupport.parkNanos(POLL_NANOS);
        }
    }

    /** Whether {@code condition} comes to hold within {@code max}; to state that something does not happen. */
    public static boolean within(Duration max, BooleanSupplier condition) {
        long end = System.nanoTime() + max.toNanos();
        while (!condition.getAsBoolean()) {
            if (System.nanoTime() - end > 0) {
                return false;
            }
            LockSupport.parkNanos(POLL_NANOS);
        }
        return true;
    }

    /** Lets real time pass. */
    public static void pass(Duration span) {
        within(span, () -> false);
    }
}
