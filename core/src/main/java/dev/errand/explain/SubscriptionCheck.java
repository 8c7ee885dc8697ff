package dev.errand.explain;

import dev.errand.TaskState;
import dev.errand.broker.Broker;
import dev.errand.broker.Capability;
import dev.errand.broker.Subscription;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/** Whether somebody still serves each subscription: a forgotten one collects events for ever. */
final class SubscriptionCheck {
    /** Workers say about every hour that they serve one. */
    private static final Duration FORGOTTEN = Duration.ofDays(1);

    private static final String REMEDY =
            "Start a worker that subscribes to it, or remove the subscription if nobody needs it any more";

    private final Broker broker;
    private final List<Subscription> subscriptions;
    private final Sight sight;

    SubscriptionCheck(Broker broker, List<Subscription> subscriptions, Sight sight) {
        this.broker = broker;
        this.subscriptions = subscriptions;
        this.sight = sight;
    }

    List<Finding> findings() {
        List<Finding> findings = new ArrayList<>();
        for (Subscription subscription : subscriptions) {
            boolean unserved =
                    sight.knowsWorkers() && sight.serving(subscription.queue()).isEmpty();
            Instant seen = subscription.seen();
            boolean old = seen != null && seen.plus(FORGOTTEN).isBefore(sight.now());
            long waiting = unserved || old ? waiting(subscription.queue()) : 0;
            if (unserved && waiting > 0) {
                findings.add(Finding.bad(
                        "subscription-unserved",
                        "The subscription " + subscription.name() + " holds " + Span.count(waiting, "waiting task")
                                + ", and no living worker serves it" + lastSeen(subscription) + ".",
                        REMEDY));
            } else if (seen != null && old && (unserved || !sight.knowsWorkers())) {
                findings.add(Finding.warn(
                        "subscription-forgotten",
                        "The subscription " + subscription.name() + " seems forgotten: nobody has subscribed to it for "
                                + Span.between(seen, sight.now()) + ", and it holds "
                                + Span.count(waiting, "waiting task") + ".",
                        REMEDY));
            }
        }
        if (!subscriptions.isEmpty()) {
            findings.add(Finding.ok("subscriptions", Span.count(subscriptions.size(), "subscription") + " to events."));
        }
        return findings;
    }

    private String lastSeen(Subscription subscription) {
        Instant seen = subscription.seen();
        return seen == null ? "" : "; it was last subscribed to " + Span.between(seen, sight.now()) + " ago";
    }

    private long waiting(String queue) {
        if (!broker.profile().can(Capability.COUNTS)) {
            return sight.stats().depth(queue);
        }
        Map<TaskState, Long> counts = sight.stats().counts(queue);
        return counts.getOrDefault(TaskState.PENDING, 0L)
                + counts.getOrDefault(TaskState.SCHEDULED, 0L)
                + counts.getOrDefault(TaskState.RETRY, 0L);
    }
}
