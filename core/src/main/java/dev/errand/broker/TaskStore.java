package dev.errand.broker;

import dev.errand.CapabilityException;
import dev.errand.TaskId;
import dev.errand.TaskInfo;
import java.time.Duration;
import java.util.Optional;

/** Single tasks, for brokers with a store. Each method says which capability it needs. */
public interface TaskStore {
    /** The task, in whatever state; empty if unknown or deleted. {@link Capability#FIND}. */
    Optional<TaskInfo> find(TaskId id);

    /**
     * Tasks, newest first, in pages. A call looks at a bounded number of tasks: where the filter {@linkplain
     * TaskFilter#looksInside looks inside} them, a page may have fewer items than asked for, or none, and still a next one.
     *
     * @param cursor where to start: a {@link Page#next()}; empty: at the newest
     * @param limit 1 to 1,000
     */
    Page<TaskInfo> list(TaskFilter filter, Optional<String> cursor, int limit);

    /**
     * Calls a task off. One that waits is cancelled at once; one that runs is marked, its worker is told, and it ends when
     * its handler does. {@link Capability#CANCEL_WAITING}, {@link Capability#CANCEL_ACTIVE}.
     *
     * @param reason kept with the task
     * @param retention how long to keep the cancelled task; zero: as its own policy says
     */
    CancelAnswer cancel(TaskId id, String reason, Duration retention);

    /** Makes a scheduled or retried task ready now; false if it is in no such state. {@link Capability#RUN_NOW}. */
    boolean runNow(TaskId id);

    /**
     * Changes a task that waits (scheduled, pending, to be retried). What the edit does not name stays, the unique key
     * included. A task that waits for its time goes on waiting for it, unless the edit says another; one that is ready and
     * changes its queue or priority goes to the end of its new line, and is ready from now. {@link Capability#EDIT}.
     *
     * @throws dev.errand.CapabilityException without that capability
     */
    default EditAnswer edit(TaskId id, TaskEdit edit) {
        throw new CapabilityException(
                "This broker cannot change stored tasks; delete the task and enqueue another one");
    }

    /** Deletes a task that is not active; false if it is active or unknown. Frees its unique key. */
    boolean delete(TaskId id);

    /**
     * Waits until the task has ended or is gone, at most {@code max}.
     *
     * @return the task as it is then; empty if it is unknown or gone
     * @throws InterruptedException if the waiting thread is interrupted
     */
    Optional<TaskInfo> awaitEnd(TaskId id, Duration max) throws InterruptedException;

    /** What became of a request to change a task. */
    enum EditAnswer {
        /** It is changed. */
        EDITED,
        /** It runs or has ended. */
        NOT_WAITING,
        /** There is no such task. */
        UNKNOWN
    }

    /** What became of a request to cancel. */
    enum CancelAnswer {
        /** It waited and is cancelled. */
        CANCELLED,
        /** It runs; its worker will be told. */
        REQUESTED,
        /** It had ended already. */
        ENDED,
        /** There is no such task. */
        UNKNOWN
    }
}
