package dev.errand.worker;

import dev.errand.broker.Outcome;
import dev.errand.broker.Outcome.Verdict;
import dev.errand.time.Time;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Says how attempts ended: each failure once, with its stack; never a payload. A task type without a handler is said once a
 * minute, not for each of its tasks.
 */
final class TaskLog {
    private static final Logger log = LoggerFactory.getLogger("dev.errand.task");
    private static final Duration QUIET = Duration.ofMinutes(1);
    private static final int MOST_UNKNOWN = 1_000;

    private final Time time;
    private final Map<String, Long> unknownSaid = new ConcurrentHashMap<>();

    TaskLog(Time time) {
        this.time = time;
    }

    void ended(Attempt attempt, Outcome outcome, @Nullable Throwable failure) {
        String id = attempt.envelope().id().value();
        String type = attempt.envelope().type();
        String queue = attempt.lease().queue();
        int number = attempt.envelope().history().attempts() + 1;
        switch (outcome.verdict()) {
            case Verdict.Complete done -> log.debug("Task {} of type {} (queue {}) is done", id, type, queue);
            case Verdict.Retry retry ->
                log.warn(
                        "Task {} of type {} (queue {}): attempt {} failed; the next one is in {}",
                        id,
                        type,
                        queue,
                        number,
                        retry.delay(),
                        failure);
            case Verdict.Dead dead ->
                log.error(
                        "Task {} of type {} (queue {}) is dead ({}): {}",
                        id,
                        type,
                        queue,
                        dead.cause(),
                        dead.reason(),
                        failure);
            case Verdict.Cancel cancel ->
                log.info("Task {} of type {} (queue {}) is cancelled: {}", id, type, queue, cancel.reason());
            case Verdict.Release release -> released(attempt, release);
        }
    }

    private void released(Attempt attempt, Verdict.Release release) {
        String type = attempt.envelope().type();
        if (attempt.registration != null) {
            log.info(
                    "Task {} of type {} (queue {}) is given back for {}: {}",
                    attempt.envelope().id(),
                    type,
                    attempt.lease().queue(),
                    release.delay(),
                    release.reason());
            return;
        }
        long now = time.nanoTime();
        Long before = unknownSaid.get(type);
        if ((before == null || now - before > QUIET.toNanos())
                && (before != null || unknownSaid.size() < MOST_UNKNOWN)) {
            unknownSaid.put(type, now);
            log.warn(
                    "Queue {} holds tasks of type {}, for which this worker has no handler; they are given back."
                            + " Register a handler, or let only workers that know the type serve the queue",
                    attempt.lease().queue(),
                    type);
        }
    }
}
