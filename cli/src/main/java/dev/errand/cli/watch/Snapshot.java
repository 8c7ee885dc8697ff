package dev.errand.cli.watch;

import dev.errand.TaskInfo;
import dev.errand.TaskState;
import dev.errand.broker.WorkerRegistry.Registered;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * What a broker holds at one moment.
 *
 * @param at the moment
 * @param queues by name
 * @param workers those that are alive; empty also where the broker does not know
 * @param failures the newest tasks that are dead or wait for a retry, the latest error first
 */
record Snapshot(Instant at, List<QueueState> queues, List<Registered> workers, List<TaskInfo> failures) {
    static final Snapshot NOTHING = new Snapshot(Instant.EPOCH, List.of(), List.of(), List.of());

    /**
     * One queue.
     *
     * @param counts tasks by state
     * @param oldest since when the oldest ready task has been ready
     * @param paused since when it is held back
     * @param workers how many serve it
     */
    record QueueState(
            String name, Map<TaskState, Long> counts, Optional<Instant> oldest, Optional<Instant> paused, int workers) {
        long count(TaskState state) {
            return counts.getOrDefault(state, 0L);
        }

        /** What is still to be done. */
        long open() {
            return count(TaskState.PENDING)
                    + count(TaskState.ACTIVE)
                    + count(TaskState.SCHEDULED)
                    + count(TaskState.RETRY)
                    + count(TaskState.WAITING);
        }
    }

    Optional<QueueState> queue(String name) {
        return queues.stream().filter(queue -> queue.name().equals(name)).findFirst();
    }

    /** By how many a second the open tasks of a queue have grown (or shrunk, below zero) since an earlier moment. */
    double growth(String name, Snapshot before) {
        return rate(before, name, QueueState::open);
    }

    /** How many dead letters a second a queue has got since then. */
    double deaths(String name, Snapshot before) {
        return Math.max(0, rate(before, name, queue -> queue.count(TaskState.DEAD)));
    }

    private double rate(Snapshot before, String name, java.util.function.ToLongFunction<QueueState> what) {
        double seconds = Duration.between(before.at, at).toMillis() / 1000.0;
        if (before.isNothing() || seconds <= 0) {
            return 0;
        }
        long now = queue(name).map(what::applyAsLong).orElse(0L);
        long then = before.queue(name).map(what::applyAsLong).orElse(0L);
        return (now - then) / seconds;
    }

    /** Whether nobody has looked yet. */
    boolean isNothing() {
        return at.equals(Instant.EPOCH);
    }

    long total(TaskState state) {
        return queues.stream().mapToLong(queue -> queue.count(state)).sum();
    }
}
