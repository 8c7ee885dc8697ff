package dev.errand.explain;

import dev.errand.TaskState;
import dev.errand.broker.Broker;
import dev.errand.broker.Capability;
import dev.errand.broker.QueueStats;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/** Whether every queue that holds tasks is served, goes on, and does not lag. */
final class QueueCheck {
    private static final Duration LAG = Duration.ofMinutes(5);
    private static final Duration LONG_PAUSE = Duration.ofHours(1);

    private final Broker broker;
    private final Sight sight;
    private final Set<String> subscriptions;

    /** Whether those of {@code subscriptions} are served is another check's. */
    QueueCheck(Broker broker, Sight sight, Set<String> subscriptions) {
        this.subscriptions = subscriptions;
        this.broker = broker;
        this.sight = sight;
    }

    List<Finding> findings() {
        List<Finding> findings = new ArrayList<>();
        sight.paused().forEach((queue, since) -> findings.add(paused(queue, since)));
        QueueStats stats = sight.stats();
        long ready = 0;
        for (String queue : stats.queues()) {
            long depth = stats.depth(queue);
            ready += depth;
            if (sight.knowsWorkers() && sight.serving(queue).isEmpty()) {
                long waiting = depth + later(queue);
                if (waiting > 0 && !subscriptions.contains(queue)) {
                    findings.add(Finding.bad(
                            "queue-unserved",
                            "The queue " + queue + " holds " + Span.count(waiting, "waiting task") + " (" + depth
                                    + " ready), and no living worker serves it.",
                            "Start a worker that serves it, or add the queue to one"));
                }
            } else if (depth > 0 && !sight.paused().containsKey(queue)) {
                lag(queue).ifPresent(findings::add);
            }
        }
        findings.add(Finding.ok("queues", Span.count(ready, "ready task") + " in all queues."));
        return findings;
    }

    private Finding paused(String queue, Instant since) {
        Duration span = Duration.between(since, sight.now());
        String what = "The queue " + queue + " has been paused for " + Span.of(span) + " and holds "
                + Span.count(sight.stats().depth(queue), "ready task") + ".";
        return span.compareTo(LONG_PAUSE) < 0
                ? Finding.ok("queue-paused", what)
                : Finding.warn("queue-paused", what, "Resume it if that was forgotten");
    }

    private long later(String queue) {
        if (!broker.profile().can(Capability.COUNTS)) {
            return 0;
        }
        Map<TaskState, Long> counts = sight.stats().counts(queue);
        return counts.getOrDefault(TaskState.SCHEDULED, 0L) + counts.getOrDefault(TaskState.RETRY, 0L);
    }

    private Optional<Finding> lag(String queue) {
        if (!broker.profile().can(Capability.OLDEST_AGE)) {
            return Optional.empty();
        }
        return sight.stats()
                .oldestReady(queue)
                .map(since -> Duration.between(since, sight.now()))
                .filter(age -> age.compareTo(LAG) > 0)
                .map(age -> Finding.warn(
                        "queue-lags",
                        "The oldest ready task of the queue " + queue + " has been ready for " + Span.of(age) + ".",
                        "Ask explain about one of its tasks; more workers or slots help if all are busy"));
    }
}
