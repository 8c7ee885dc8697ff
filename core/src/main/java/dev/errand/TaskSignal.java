package dev.errand;

import org.jspecify.annotations.Nullable;

/**
 * What a handler may throw to end its attempt in a way of its own choosing instead of by a plain failure. Not an error:
 * carries no stack trace.
 */
public abstract sealed class TaskSignal extends RuntimeException permits RetryAfter, Release, DeadLetter, Discard {
    private static final long serialVersionUID = 1L;

    TaskSignal(String message, @Nullable Throwable cause) {
        super(message, cause, false, false);
    }

    static void requireNotNegative(java.time.Duration delay) {
        if (delay.isNegative()) {
            throw new InvalidTaskException("The delay " + delay + " is negative; give zero or more");
        }
    }
}
