package dev.errand;

import org.jspecify.annotations.Nullable;

/** Thrown by a handler: this task can never work; make it a dead letter now, whatever attempts are left. */
public final class DeadLetter extends TaskSignal {
    private static final long serialVersionUID = 1L;

    /** Kills the task for {@code reason}, of which 1,000 characters are kept. */
    public DeadLetter(String reason) {
        this(reason, null);
    }

    /** Kills the task for {@code reason}; {@code cause} is kept with it. */
    public DeadLetter(String reason, @Nullable Throwable cause) {
        super(reason, cause);
    }

    /** Why. */
    public String reason() {
        return String.valueOf(getMessage());
    }
}
