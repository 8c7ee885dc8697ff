package dev.errand.broker;

import dev.errand.TaskId;
import dev.errand.TaskInfo;
import java.time.Duration;
import java.util.Optional;

/** Single tasks, for brokers with a store. Each method says which capability it needs. */
public interface TaskStore {
    /** The task, in whatever state; empty if unknown or deleted. {@link Capability#FIND}. */
    Optional<TaskInfo> find(TaskId id);

    /**
     * Tasks, newest first, in pages.
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

    /** Deletes a task that is not active; false if it is active or unknown. Frees its unique key. */
    boolean delete(TaskId id);

    /**
     * Waits until the task has ended or is gone, at most {@code max}.
     *
     * @return the task as it is then; empty if it is unknown or gone
     * @throws InterruptedException if the waiting thread is interrupted
     */
    Optional<TaskInfo> awaitEnd(TaskId id, Duration max) throws InterruptedException;

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
