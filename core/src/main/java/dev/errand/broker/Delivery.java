package dev.errand.broker;

import java.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * A leased task.
 *
 * @param envelope the task; if {@code defect} is set, as much of it as could be read, with the raw bytes as payload
 * @param lease the right to it
 * @param defect why the message could not be read as an envelope; null if it could. The engine makes such a delivery a dead
 *     letter without running it
 * @param ready since when it had been ready, by the broker's clock; null if that is not known
 */
public record Delivery(
        Envelope envelope,
        Lease lease,
        @Nullable String defect,
        @Nullable Instant ready) {
    /** A task that could be read. */
    public Delivery(Envelope envelope, Lease lease) {
        this(envelope, lease, null, null);
    }
}
