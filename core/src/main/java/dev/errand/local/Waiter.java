package dev.errand.local;

import org.jspecify.annotations.Nullable;

/** A thread that waits for a job's end, in a stack of such. */
final class Waiter {
    final Thread thread;
    final @Nullable Waiter under;
    volatile boolean gaveUp;

    Waiter(Thread thread, @Nullable Waiter under) {
        this.thread = thread;
        this.under = under;
    }
}
