package dev.errand.worker;

import dev.errand.AttemptError;
import dev.errand.CodecException;
import dev.errand.DeadCause;
import dev.errand.DeadLetter;
import dev.errand.Defaults;
import dev.errand.Discard;
import dev.errand.Release;
import dev.errand.Retry;
import dev.errand.RetryAfter;
import dev.errand.broker.Envelope;
import dev.errand.broker.History;
import dev.errand.broker.Outcome;
import dev.errand.broker.Outcome.Verdict;
import dev.errand.broker.Payload;
import dev.errand.broker.Policy;
import dev.errand.time.Time;
import dev.errand.worker.Attempt.Stop;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;

/**
 * Turns whatever happened to an attempt into its one outcome: the only place that knows what counts, what is retried and when,
 * and what is dead. Policy: a value set for the task alone wins, else the worker's task type decides. Thread-safe.
 */
final class Judge {
    private static final Duration SHORTEST_RELEASE = Duration.ofMillis(1);

    private final Time time;
    private final RandomGenerator random;
    private final String worker;
    private final int crashLimit;

    Judge(Time time, RandomGenerator random, String worker, int crashLimit) {
        this.time = time;
        this.random = random;
        this.worker = worker;
        this.crashLimit = crashLimit;
    }

    /** What is decided before any handler runs; empty: it may run. */
    Optional<Outcome> beforeRun(Attempt attempt) {
        Envelope task = attempt.envelope();
        if (attempt.delivery.defect() != null) {
            return Optional.of(dead(attempt, task.history(), DeadCause.UNDECODABLE, attempt.delivery.defect()));
        }
        if (Admission.hasCrashedTooOften(task, crashLimit)) {
            return Optional.of(dead(
                    attempt,
                    task.history(),
                    DeadCause.CRASHED,
                    "took its worker down " + task.history().crashes() + " times"));
        }
        if (Admission.isExpired(task, time.now())) {
            return Optional.of(dead(
                    attempt, task.history(), DeadCause.EXPIRED, "the deadline " + task.deadline() + " has passed"));
        }
        if (attempt.registration == null) {
            return Optional.of(
                    release(attempt, Admission.unknownTypeDelay(attempt.lease()), Admission.noHandler(task.type())));
        }
        return Optional.empty();
    }

    /** The handler returned. */
    Outcome completed(Attempt attempt, @Nullable Payload result) {
        return new Outcome(attempt.lease(), attempt.envelope(), new Verdict.Complete(result, retention(attempt)));
    }

    /** The payload could not be decoded. */
    Outcome undecodable(Attempt attempt, CodecException failure) {
        return dead(attempt, noted(attempt, failure), DeadCause.UNDECODABLE, reason(failure));
    }

    /** Given back, uncounted. */
    Outcome release(Attempt attempt, Duration delay, String why) {
        return new Outcome(attempt.lease(), attempt.envelope(), new Verdict.Release(delay, why));
    }

    /** Called off. */
    Outcome cancelled(Attempt attempt, String why) {
        Duration kept = retention(attempt);
        return new Outcome(
                attempt.lease(),
                attempt.envelope(),
                new Verdict.Cancel(
                        why, kept.compareTo(Defaults.CANCELLED_RETENTION) > 0 ? kept : Defaults.CANCELLED_RETENTION));
    }

    /** An outcome that the broker refused for good: the task is dead, so that it is seen. */
    Outcome unsettleable(Attempt attempt, Throwable why) {
        return dead(attempt, noted(attempt, why), DeadCause.REFUSED, "its outcome could not be stored: " + reason(why));
    }

    /** The handler threw; empty: the lease is lost and there is nothing to report. */
    Optional<Outcome> threw(Attempt attempt, Throwable failure) {
        Stop stop = attempt.stopped();
        if (stop == Stop.LOST) {
            return Optional.empty();
        }
        return Optional.of(
                switch (failure) {
                    case Release signal -> release(attempt, behindOthers(signal.delay()), "released by its handler");
                    case DeadLetter signal ->
                        dead(
                                attempt,
                                failed(attempt, signal.getCause() == null ? signal : signal.getCause()),
                                DeadCause.REFUSED,
                                signal.reason());
                    case Discard signal -> cancelled(attempt, signal.reason());
                    case RetryAfter signal ->
                        failed(
                                attempt,
                                signal.getCause() == null ? signal : signal.getCause(),
                                Optional.of(signal.delay()));
                    default -> stopped(attempt, failure, stop);
                });
    }

    /** Without a delay a task goes to the front of its line, and one that always releases would let no other run. */
    private static Duration behindOthers(Duration delay) {
        return delay.compareTo(SHORTEST_RELEASE) < 0 ? SHORTEST_RELEASE : delay;
    }

    private Outcome stopped(Attempt attempt, Throwable failure, @Nullable Stop stop) {
        return switch (stop) {
            case CANCEL -> cancelled(attempt, "cancelled while it ran");
            case LAPSED -> release(attempt, Duration.ZERO, "its lease ran out while the broker could not be reached");
            case SHUTDOWN -> release(attempt, Duration.ZERO, "its worker stopped");
            case EXPIRED ->
                dead(
                        attempt,
                        failed(attempt, failure),
                        DeadCause.EXPIRED,
                        "its deadline " + attempt.envelope().deadline() + " passed while it ran");
            case TIMEOUT -> failed(attempt, new TimedOut(timeout(attempt), failure), Optional.empty());
            case LOST -> throw new IllegalStateException("a lost lease has no outcome");
            case null -> failed(attempt, failure, Optional.empty());
        };
    }

    private Outcome failed(Attempt attempt, Throwable failure, Optional<Duration> chosenDelay) {
        Retry retry = registration(attempt).spec().retry();
        History history = failed(attempt, failure);
        if (retry.refuses(failure)) {
            return dead(attempt, history, DeadCause.REFUSED, "never retried: " + reason(failure));
        }
        Retry rule = retry.forFailure(failure);
        Policy own = attempt.envelope().policy();
        int allowed = own.isExplicit(Policy.Field.MAX_ATTEMPTS) ? own.maxAttempts() : rule.maxAttempts();
        if (history.attempts() >= allowed) {
            return dead(
                    attempt,
                    history,
                    DeadCause.EXHAUSTED,
                    "attempt " + history.attempts() + " of " + allowed + " failed: " + reason(failure));
        }
        Duration delay = chosenDelay.orElseGet(() -> rule.delay(history.attempts(), random));
        Instant deadline = attempt.envelope().deadline();
        if (deadline != null && !time.now().plus(delay).isBefore(deadline)) {
            return dead(
                    attempt,
                    history,
                    DeadCause.EXPIRED,
                    "its deadline " + deadline + " passes before the next attempt: " + reason(failure));
        }
        return new Outcome(attempt.lease(), attempt.envelope().withHistory(history), new Verdict.Retry(delay));
    }

    /** How long one attempt may run. */
    Duration timeout(Attempt attempt) {
        Policy own = attempt.envelope().policy();
        return own.isExplicit(Policy.Field.TIMEOUT)
                ? own.timeout()
                : registration(attempt).spec().timeout();
    }

    /** How many counted attempts there may be. */
    int maxAttempts(Attempt attempt) {
        Policy own = attempt.envelope().policy();
        return own.isExplicit(Policy.Field.MAX_ATTEMPTS)
                ? own.maxAttempts()
                : registration(attempt).spec().retry().maxAttempts();
    }

    private static Duration retention(Attempt attempt) {
        Policy own = attempt.envelope().policy();
        return own.isExplicit(Policy.Field.RETENTION) || attempt.registration == null
                ? own.retention()
                : attempt.registration.spec().retention();
    }

    private static HandlerTable.Registration registration(Attempt attempt) {
        if (attempt.registration == null) {
            throw new IllegalStateException("only tasks with a handler run");
        }
        return attempt.registration;
    }

    private Outcome dead(Attempt attempt, History history, DeadCause cause, String why) {
        return new Outcome(attempt.lease(), attempt.envelope().withHistory(history), new Verdict.Dead(cause, why));
    }

    private History failed(Attempt attempt, Throwable failure) {
        return attempt.envelope().history().failed(error(attempt, failure));
    }

    private History noted(Attempt attempt, Throwable failure) {
        return attempt.envelope().history().noted(error(attempt, failure));
    }

    private AttemptError error(Attempt attempt, Throwable failure) {
        return AttemptError.of(failure, time.now(), attempt.envelope().history().attempts() + 1, worker);
    }

    private String reason(Throwable failure) {
        AttemptError error = AttemptError.of(failure, Instant.EPOCH, 0, worker);
        return error.message().isEmpty() ? error.error() : error.message();
    }
}
