package dev.errand.worker;

import dev.errand.broker.Outcome;
import dev.errand.broker.Outcome.Verdict;
import dev.errand.time.Time;
import java.time.Duration;
import java.time.temporal.ChronoUnit;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Says how attempts went: each failure once, with its stack; never a payload. A task type without a handler is said once a
 * minute, not for each of its tasks. Whoever calls sees to it that the thread carries the task's fields ({@link TaskMdc}).
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

    /** Whether beginnings and good ends are said, too. */
    boolean tellsAll() {
        return log.isDebugEnabled();
    }

    void began(Attempt attempt) {
        if (log.isDebugEnabled()) {
            log.debug("{}: attempt {} begins", named(attempt), attempt.number());
        }
    }

    void ended(Attempt attempt, Outcome outcome, @Nullable Throwable failure) {
        switch (outcome.verdict()) {
            case Verdict.Complete done -> {
                if (log.isDebugEnabled()) {
                    log.debug("{} is done after {}", named(attempt), attempt.took());
                }
            }
            case Verdict.Retry retry ->
                log.warn(
                        "{}: attempt {} failed; the next one is in {}, at {}",
                        named(attempt),
                        attempt.number(),
                        retry.delay(),
                        time.now().plus(retry.delay()).truncatedTo(ChronoUnit.MILLIS),
                        failure);
            case Verdict.Dead dead ->
                log.error("{} is dead ({}): {}", named(attempt), dead.cause(), dead.reason(), failure);
            case Verdict.Cancel cancel -> log.info("{} is cancelled: {}", named(attempt), cancel.reason());
            case Verdict.Release release -> released(attempt, release, failure);
        }
    }

    private void released(Attempt attempt, Verdict.Release release, @Nullable Throwable failure) {
        if (attempt.registration == null && failure == null) {
            unknownType(attempt);
        } else if (attempt.begun()) {
            log.info("{} is given back for {}: {}", named(attempt), release.delay(), release.reason(), failure);
        } else if (log.isDebugEnabled()) {
            log.debug("{} is given back for {}: {}", named(attempt), release.delay(), release.reason(), failure);
        }
    }

    private void unknownType(Attempt attempt) {
        String type = attempt.envelope().type();
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

    /** Its lease is lost. */
    void lost(Attempt attempt) {
        log.warn(
                "{} is not this worker's any more: it was taken back or deleted. Its handler is interrupted; it may run twice",
                named(attempt));
    }

    /** A handler's failure that nobody asks for any more: the lease was lost, or the task was given back without its end. */
    void unreported(Attempt attempt, Throwable failure) {
        if (failure instanceof InterruptedException) {
            log.debug("{}: the handler has ended, too late to count", named(attempt), failure);
        } else {
            log.warn("{}: the handler failed, too late to count", named(attempt), failure);
        }
    }

    private static String named(Attempt attempt) {
        return "Task " + attempt.envelope().id() + " of type "
                + attempt.envelope().type() + " (queue " + attempt.lease().queue() + ")";
    }
}
