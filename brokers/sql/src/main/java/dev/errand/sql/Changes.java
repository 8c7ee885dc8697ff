package dev.errand.sql;

import dev.errand.TaskId;
import dev.errand.broker.Lease;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/** What a transaction did that somebody may be waiting for, in this process or another. Told after the commit. */
final class Changes {
    /**
     * A running task that somebody wants called off.
     *
     * @param worker the slot of the worker that holds it
     * @param task which
     */
    record Held(long worker, TaskId task) {}

    /**
     * A lease that has run out and whose task was taken back. A worker of this process is told at once, one of another process
     * learns it by its next renewal.
     *
     * @param worker the slot of the worker that held it
     * @param lease which
     */
    record Lost(long worker, Lease lease) {}

    private final Set<String> readyQueues = new HashSet<>();
    private final List<TaskId> ended = new ArrayList<>();
    private final List<Held> cancels = new ArrayList<>();
    private final List<Lost> losses = new ArrayList<>();
    private final List<Runnable> afterCommit = new ArrayList<>();
    private boolean due;
    private boolean schedules;

    /** The queue has more ready tasks than before. */
    void ready(String queue) {
        readyQueues.add(queue);
    }

    /** The task has ended or is gone. */
    void ended(TaskId task) {
        ended.add(task);
    }

    /** A worker should be told to stop this task. */
    void cancel(long worker, TaskId task) {
        cancels.add(new Held(worker, task));
    }

    /** A worker has lost this lease. */
    void lost(long worker, Lease lease) {
        losses.add(new Lost(worker, lease));
    }

    /** A task may fall due earlier than any known before. */
    void due() {
        due = true;
    }

    /** A schedule may be due earlier than any known before. */
    void schedules() {
        schedules = true;
    }

    /** Runs {@code action} on the writer thread once the transaction is safe; it must be short and not fail. */
    void afterCommit(Runnable action) {
        afterCommit.add(action);
    }

    void add(Changes more) {
        readyQueues.addAll(more.readyQueues);
        ended.addAll(more.ended);
        cancels.addAll(more.cancels);
        losses.addAll(more.losses);
        afterCommit.addAll(more.afterCommit);
        due |= more.due;
        schedules |= more.schedules;
    }

    Set<String> readyQueues() {
        return readyQueues;
    }

    List<TaskId> ended() {
        return ended;
    }

    List<Held> cancels() {
        return cancels;
    }

    List<Lost> losses() {
        return losses;
    }

    List<Runnable> afterCommit() {
        return afterCommit;
    }

    boolean isDue() {
        return due;
    }

    boolean isSchedules() {
        return schedules;
    }
}
