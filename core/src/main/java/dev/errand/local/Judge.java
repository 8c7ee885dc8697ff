package dev.errand.local;

import dev.errand.DeadCause;
import dev.errand.DeadLetter;
import dev.errand.Defaults;
import dev.errand.Discard;
import dev.errand.Release;
import dev.errand.Retry;
import dev.errand.RetryAfter;
import dev.errand.TaskSignal;
import dev.errand.local.Attempt.Stop;
import dev.errand.time.Time;
import java.time.Duration;
import java.time.Instant;
import java.util.concurrent.TimeoutException;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;

/** Turns what an attempt threw into what becomes of its job, by the rules of durable tasks. Thread-safe if {@code random} is. */
final class Judge {
    private final Time time;
    private final RandomGenerator random;

    Judge(Time time, RandomGenerator random) {
        this.time = time;
        this.random = random;
    }

    /** Not begun at or after its deadline; null: it may begin. */
    @Nullable
    Ending beforeRun(Job<?> job) {
        Instant deadline = job.plan.deadline();
        if (deadline == null || time.now().isBefore(deadline)) {
            return null;
        }
        String reason = "its deadline " + deadline + " passed before it began";
        return new Ending.Dead(DeadCause.EXPIRED, reason, new TimeoutException(reason));
    }

    /** @param bystander whether the one that was to be stopped is not this one, but another that its thread runs further out */
    Ending threw(Job<?> job, @Nullable Stop stop, boolean bystander, Throwable failure) {
        if (bystander && stop == null && !(failure instanceof TaskSignal)) {
            return new Ending.Again(Duration.ZERO, failure, false);
        }
        boolean calledOff = stop == Stop.CANCEL || stop == Stop.SHUTDOWN;
        return switch (failure) {
            case Release signal when calledOff -> stopped(job, stop, signal);
            case RetryAfter signal when calledOff -> stopped(job, stop, signal);
            case Release signal -> new Ending.Again(atMost(signal.delay()), signal, false);
            case Discard signal -> new Ending.Cancelled(signal.reason(), false);
            case DeadLetter signal -> new Ending.Dead(DeadCause.REFUSED, signal.reason(), cause(signal));
            case RetryAfter signal -> failed(job, cause(signal), atMost(signal.delay()));
            default -> stopped(job, stop, failure);
        };
    }

    /** What a handler asks for may be more than a clock can count. */
    private static Duration atMost(Duration asked) {
        return asked.compareTo(Defaults.MAX_DELAY) > 0 ? Defaults.MAX_DELAY : asked;
    }

    private static Throwable cause(Throwable signal) {
        return signal.getCause() == null ? signal : signal.getCause();
    }

    private Ending stopped(Job<?> job, @Nullable Stop stop, Throwable failure) {
        return switch (stop) {
            case CANCEL -> new Ending.Cancelled("cancelled while it ran", false);
            case SHUTDOWN -> new Ending.Cancelled("interrupted by the close of " + job.engine.name(), true);
            case DEADLINE ->
                new Ending.Dead(
                        DeadCause.EXPIRED,
                        "its deadline " + job.plan.deadline() + " passed while it ran",
                        timedOut("interrupted at the deadline " + job.plan.deadline(), failure));
            case TIMEOUT ->
                failed(job, timedOut("interrupted after the timeout of " + job.plan.timeout(), failure), null);
            case null -> failed(job, failure, null);
        };
    }

    private static TimeoutException timedOut(String message, Throwable cause) {
        TimeoutException timedOut = new TimeoutException(message);
        timedOut.initCause(cause);
        return timedOut;
    }

    private Ending failed(Job<?> job, Throwable failure, @Nullable Duration chosen) {
        Retry retry = job.plan.retry();
        if (retry.refuses(failure)) {
            return new Ending.Dead(DeadCause.REFUSED, "never retried", failure);
        }
        Retry rule = retry.forFailure(failure);
        int failures = job.failures + 1;
        if (failures >= rule.maxAttempts()) {
            return new Ending.Dead(
                    DeadCause.EXHAUSTED, "attempt " + failures + " of " + rule.maxAttempts() + " failed", failure);
        }
        Duration delay = chosen == null ? rule.delay(failures, random) : chosen;
        Instant deadline = job.plan.deadline();
        if (deadline != null && !time.now().plus(delay).isBefore(deadline)) {
            return new Ending.Dead(
                    DeadCause.EXPIRED, "its deadline " + deadline + " passes before the next attempt", failure);
        }
        return new Ending.Again(delay, failure, true);
    }
}
