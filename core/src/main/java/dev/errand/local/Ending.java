package dev.errand.local;

import dev.errand.DeadCause;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/** What is to become of a job after an attempt. */
sealed interface Ending {
    /** It ended normally. */
    record Completed(@Nullable Object value) implements Ending {}

    /** The ending of most jobs without a result. */
    Completed NOTHING = new Completed(null);

    static Completed completed(@Nullable Object value) {
        return value == null ? NOTHING : new Completed(value);
    }

    /** It failed, and is not tried again. */
    record Dead(DeadCause cause, String reason, Throwable failure) implements Ending {}

    /** It was called off. */
    record Cancelled(String reason, boolean leftOver) implements Ending {}

    /** It had to give way. */
    record Dropped(String reason) implements Ending {}

    /** It is tried again. */
    record Again(Duration delay, Throwable failure, boolean counts) implements Ending {}
}
