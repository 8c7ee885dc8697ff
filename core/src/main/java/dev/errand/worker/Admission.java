package dev.errand.worker;

import dev.errand.Defaults;
import dev.errand.broker.Envelope;
import dev.errand.broker.Lease;
import java.time.Duration;
import java.time.Instant;

/** The questions that decide, before any handler runs, what becomes of a task. Asked by the engine and by who explains it. */
public final class Admission {
    private Admission() {}

    /** Whether it has taken workers down so often that it is not run any more. */
    public static boolean hasCrashedTooOften(Envelope task, int crashLimit) {
        return task.history().crashes() >= crashLimit;
    }

    /** Whether one more crash makes it a dead letter: such a task runs as the only one of its kind in its worker. */
    public static boolean isOnLastChance(Envelope task, int crashLimit) {
        int crashes = task.history().crashes();
        return crashes > 0 && crashes == crashLimit - 1;
    }

    /** Whether its deadline has passed. */
    public static boolean isExpired(Envelope task, Instant now) {
        return task.deadline() != null && !now.isBefore(task.deadline());
    }

    /** Why a worker without a handler gives a task of this type back. */
    public static String noHandler(String type) {
        return "this worker has no handler for task type " + type;
    }

    /** For how long: short at first, for rolling deployments; longer with every take, so that many such tasks are no load. */
    static Duration unknownTypeDelay(Lease lease) {
        long takes = lease.token().number();
        return Defaults.UNKNOWN_TYPE_DELAY.multipliedBy(1L << Math.clamp(takes - 1, 0, 6));
    }
}
