package dev.errand;

import dev.errand.broker.Subscription;
import java.time.Instant;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * A subscription as it was when it was looked at.
 *
 * @param name its own
 * @param patterns the names and patterns of the events that it gets, sorted; none: it gets nothing new
 * @param queue in which its tasks wait
 * @param depth how many of them are ready
 * @param workers how many living workers serve it; null if the broker does not know its workers
 * @param created when it was made; null if the broker does not keep it
 * @param seen when it was last subscribed to, as workers do at their start and about every hour; null if the broker does not
 *     keep it
 */
public record SubscriptionInfo(
        String name,
        Set<String> patterns,
        String queue,
        long depth,
        @Nullable Integer workers,
        @Nullable Instant created,
        @Nullable Instant seen) {
    static SubscriptionInfo of(Subscription of, long depth, @Nullable Integer workers) {
        return new SubscriptionInfo(of.name(), of.texts(), of.queue(), depth, workers, of.created(), of.seen());
    }
}
