package dev.errand.broker;

import java.time.Duration;
import java.util.Set;

/**
 * The policy as it was when the task was enqueued. A worker uses a value of it only if the value is {@code explicit} (set
 * for this one task, or by a foreign producer); for the others its own task type decides, so that a changed policy reaches
 * waiting tasks.
 *
 * @param maxAttempts how many counted attempts there may be, from 1
 * @param timeout how long one attempt may run
 * @param retention how long the task is kept after it completed or was cancelled; zero: not at all
 * @param explicit which of them were set for this task alone
 */
public record Policy(int maxAttempts, Duration timeout, Duration retention, Set<Field> explicit) {
    /** The parts of a policy that can be set for one task. */
    public enum Field {
        /** {@link Policy#maxAttempts()}. */
        MAX_ATTEMPTS,
        /** {@link Policy#timeout()}. */
        TIMEOUT,
        /** {@link Policy#retention()}. */
        RETENTION
    }

    /** Copies the set. */
    public Policy {
        explicit = Set.copyOf(explicit);
    }

    /** Whether {@code field} was set for this task alone. */
    public boolean isExplicit(Field field) {
        return explicit.contains(field);
    }
}
