package dev.errand.worker;

import dev.errand.DeadCause;
import dev.errand.Notice;
import dev.errand.broker.Envelope;
import dev.errand.broker.Outcome;
import dev.errand.broker.Outcome.Verdict;
import dev.errand.notices.Notices;
import dev.errand.time.Time;
import java.time.Duration;
import java.time.Instant;
import java.util.function.BiConsumer;
import org.jspecify.annotations.Nullable;

/**
 * The one way out for every attempt: its outcome goes to the settler, then listeners and the log are told. Whoever has won
 * {@link Attempt#claim} goes through here. Also tells of a beginning, and of a loss. Thread-safe.
 */
final class Ends {
    private static final long NANOS_A_SECOND = 1_000_000_000;
    /** In seconds; fits into nanoseconds. */
    private static final long LONGEST = 1_000_000_000;

    private final Time time;
    private final TaskLog log;
    private final String worker;
    private final BiConsumer<Attempt, Outcome> onOutcome;
    private final @Nullable Notices notices;

    Ends(Time time, TaskLog log, String worker, BiConsumer<Attempt, Outcome> onOutcome, @Nullable Notices notices) {
        this.time = time;
        this.log = log;
        this.worker = worker;
        this.onOutcome = onOutcome;
        this.notices = notices;
    }

    /** The handler begins now. */
    void began(Attempt attempt, Instant now) {
        log.began(attempt);
        if (notices == null && !log.tellsAll()) {
            return;
        }
        attempt.timeFrom(time.nanoTime());
        if (notices != null) {
            Instant ready = readySince(attempt);
            notices.tell(new Notice.Started(run(attempt), ready == null ? null : span(ready, now)));
        }
    }

    /** The handler has ended. */
    void handlerEnded(Attempt attempt) {
        if (notices != null || log.tellsAll()) {
            attempt.timeUntil(time.nanoTime());
        }
    }

    /** An outcome, told on the task's own thread. */
    void ended(Attempt attempt, Outcome outcome, @Nullable Throwable failure) {
        report(attempt, outcome, failure);
        say(attempt, outcome, failure);
    }

    /** An outcome, told on another thread. */
    void endedElsewhere(Attempt attempt, Outcome outcome, @Nullable Throwable failure) {
        report(attempt, outcome, failure);
        TaskMdc.during(attempt, () -> say(attempt, outcome, failure));
    }

    private void report(Attempt attempt, Outcome outcome, @Nullable Throwable failure) {
        try {
            if (notices != null) {
                // Before the report, because what the broker answers to that is told by another thread.
                notices.tell(ended(run(attempt), outcome.verdict(), attempt.took(), failure));
            }
        } finally {
            onOutcome.accept(attempt, outcome);
        }
    }

    /** After the report, which a logger that throws must not keep from being made. */
    private void say(Attempt attempt, Outcome outcome, @Nullable Throwable failure) {
        try {
            log.ended(attempt, outcome, failure);
        } catch (RuntimeException | StackOverflowError e) {
            // A logger calls the exception's own methods, and those may throw.
            log.ended(attempt, outcome, null);
        }
    }

    /** The handler threw, and nothing is reported: the lease is lost, or the task was given back before. */
    void unreported(Attempt attempt, Throwable failure) {
        log.unreported(attempt, failure);
    }

    /** The lease is lost before the handler has ended. */
    void lost(Attempt attempt) {
        TaskMdc.during(attempt, () -> log.lost(attempt));
        superseded(attempt);
    }

    /** The task is not the attempt's any more. */
    void superseded(Attempt attempt) {
        if (notices != null) {
            notices.tell(new Notice.LeaseLost(run(attempt)));
        }
    }

    private static Notice.Ended ended(
            Notice.Run run, Verdict verdict, @Nullable Duration took, @Nullable Throwable failure) {
        Duration next = null;
        DeadCause cause = null;
        Notice.End end = switch (verdict) {
            case Verdict.Complete done -> Notice.End.COMPLETED;
            case Verdict.Retry retry -> {
                next = retry.delay();
                yield Notice.End.RETRY;
            }
            case Verdict.Dead dead -> {
                cause = dead.cause();
                yield Notice.End.DEAD;
            }
            case Verdict.Cancel cancel -> Notice.End.CANCELLED;
            case Verdict.Release release -> {
                next = release.delay();
                yield Notice.End.RELEASED;
            }
        };
        return new Notice.Ended(run, end, took, next, cause, failure);
    }

    private Notice.Run run(Attempt attempt) {
        Notice.Run run = attempt.run;
        if (run == null) {
            Envelope task = attempt.envelope();
            run = new Notice.Run(task.id(), task.type(), attempt.lease().queue(), attempt.number(), worker);
            attempt.run = run;
        }
        return run;
    }

    /** A broker that does not say it is trusted with the time of the enqueue, as long as the task was never taken before. */
    private static @Nullable Instant readySince(Attempt attempt) {
        Instant told = attempt.delivery.ready();
        if (told != null || attempt.lease().token().number() > 1) {
            return told;
        }
        Envelope task = attempt.envelope();
        if (task.history().attempts() > 0 || task.history().crashes() > 0) {
            return null;
        }
        Instant due = task.notBefore();
        return due == null || due.isBefore(task.created()) ? task.created() : due;
    }

    /** Clocks differ a little: nothing starts before it is ready. */
    private static Duration span(Instant from, Instant to) {
        // Duration.between costs several times as much, and this is on every task's path.
        long seconds = to.getEpochSecond() - from.getEpochSecond();
        if (Math.abs(seconds) > LONGEST) {
            return seconds < 0 ? Duration.ZERO : Duration.ofSeconds(seconds);
        }
        long nanos = seconds * NANOS_A_SECOND + to.getNano() - from.getNano();
        return nanos <= 0 ? Duration.ZERO : Duration.ofNanos(nanos);
    }
}
