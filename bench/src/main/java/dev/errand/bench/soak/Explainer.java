package dev.errand.bench.soak;

import dev.errand.bench.soak.Incident.What;
import java.time.Duration;
import java.util.List;
import java.util.Map;

/**
 * Finds why one run of a task was followed by another, from what was done to the processes. The leases are renewed each third
 * of their time, so a process must stand still for two thirds of it at the least to lose one.
 */
final class Explainer {
    /** An outcome is written down within so long of its handler's end, unless the broker is held up. */
    private static final long SETTLE_MICROS = Duration.ofSeconds(10).toNanos() / 1_000;
    /** The same before a kill, which loses what is not written down: so long has it been since the end of the handler. */
    private static final long LOSS_MICROS = Duration.ofSeconds(3).toNanos() / 1_000;
    /** A task that was taken before its process was stopped may begin so long after that went on. */
    private static final long LATE_MICROS = Duration.ofSeconds(5).toNanos() / 1_000;
    /** Of the lease: two thirds, less what clocks and signals are worth. */
    private static final double LEAST_STOP = 0.6;
    /** Only a machine that stands still loses a longer one by itself in less than its time. */
    private static final long LONG_LEASE_MICROS = Duration.ofSeconds(10).toNanos() / 1_000;

    private final List<Incident> incidents;
    private final Map<String, Duration> leases;

    /**
     * Knows what was done.
     *
     * @param leases of the worker processes, by name
     */
    Explainer(List<Incident> incidents, Map<String, Duration> leases) {
        this.incidents = incidents;
        this.leases = leases;
    }

    /**
     * Why {@code next} came after {@code run}; {@link Reason#NONE} if nothing explains it.
     *
     * @param retried whether the task is tried again if the run has failed
     */
    Reason why(Ran run, Ran next, boolean retried) {
        if (run.number() == next.number()) {
            return Reason.NONE; // one attempt, run twice
        }
        if (retried && run.end() == Line.Event.FAIL && next.begin() >= run.endedAt()) {
            return Reason.RETRY;
        }
        if (any(What.KILLED, run.process(), i -> hitByKill(i, run, next))) {
            return Reason.KILLED;
        }
        if (run.end() == Line.Event.INTERRUPTED
                && any(What.RESTARTED, run.process(), i -> i.from() <= run.endedAt() && next.begin() >= i.from())) {
            return Reason.GIVEN_BACK;
        }
        return next.crashes() > run.crashes() ? lostLease(run, next) : Reason.NONE;
    }

    private Reason lostLease(Ran run, Ran next) {
        long lease = leases.getOrDefault(run.process(), Duration.ZERO).toNanos() / 1_000;
        boolean stopped = incidents.stream()
                .anyMatch(i -> i.what() == What.STOPPED
                        && i.to() + LATE_MICROS >= run.begin()
                        && Math.min(i.to(), next.begin()) - i.from() >= lease * LEAST_STOP);
        if (stopped) {
            return Reason.STOPPED;
        }
        boolean away = incidents.stream()
                .anyMatch(i -> i.what() == What.BROKER_KILLED
                        && i.to() + LATE_MICROS >= run.begin()
                        && i.from() <= next.begin());
        if (away) {
            return Reason.BROKER_KILLED;
        }
        boolean possible = lease < LONG_LEASE_MICROS || next.begin() - run.begin() >= lease * LEAST_STOP;
        boolean written = run.completed() && next.begin() - run.endedAt() > lease + SETTLE_MICROS;
        return possible && !written ? Reason.STALLED : Reason.NONE;
    }

    /** It ran when its process was killed, or its outcome was not yet written down. */
    private boolean hitByKill(Incident kill, Ran run, Ran next) {
        if (run.begin() > kill.to() || next.begin() < kill.from()) {
            return false;
        }
        return run.end() == null || kill.from() - run.endedAt() <= LOSS_MICROS || heldUp(run.endedAt(), kill.from());
    }

    /** Whether some process stood still, and may have held the broker up, for most of this time. */
    private boolean heldUp(long from, long to) {
        return incidents.stream()
                .filter(i -> i.what() == What.STOPPED || i.what() == What.BROKER_KILLED)
                .anyMatch(i -> Math.min(i.to(), to) - Math.max(i.from(), from) >= to - from - LOSS_MICROS);
    }

    private interface Test {
        boolean holds(Incident incident);
    }

    private boolean any(What what, String process, Test test) {
        return incidents.stream().anyMatch(i -> i.what() == what && i.process().equals(process) && test.holds(i));
    }
}
