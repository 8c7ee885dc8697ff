package dev.errand.broker;

/**
 * What a broker can do beyond the core level. Asking for one that is missing fails when the application starts, with the
 * remedy.
 */
public enum Capability {
    /** Refuses outcomes of superseded attempts. */
    FENCING,
    /** A retry is one atomic step: never a lost task nor an extra copy. */
    ATOMIC_RETRY,
    /** Refuses a second task of the same type and unique key. */
    UNIQUE,
    /** Keeps completed and cancelled tasks for their retention. */
    RETENTION,
    /** Keeps a handler's result, to be read and awaited. */
    RESULTS,
    /** Finds a task by its id. */
    FIND,
    /** Lists and filters tasks by state. */
    LIST,
    /** Cancels a task that waits. */
    CANCEL_WAITING,
    /** Cancels a task that runs. */
    CANCEL_ACTIVE,
    /** Runs a waiting task now. */
    RUN_NOW,
    /** Changes a task that waits. */
    EDIT,
    /** Holds a queue back from every worker, and lets it go on. */
    PAUSE,
    /** Lets a later task replace the waiting one of the same type and key. */
    DEBOUNCE,
    /** Keeps the results of a task's finished steps. */
    STEPS,
    /** Keeps how far a running task has come. */
    PROGRESS,
    /** Keeps log lines with a task. */
    TASK_LOG,
    /** Keeps schedules, and enqueues one task for each of their due times. */
    SCHEDULES,
    /** Counts tasks by queue and state. */
    COUNTS,
    /** Knows since when the oldest ready task of a queue has been waiting. */
    OLDEST_AGE,
    /** Serves higher priorities first within a queue. */
    PRIORITY,
    /** Lists, shows, redrives and deletes single dead letters by id. */
    DEAD_LETTERS_BY_ID,
    /** Knows the workers that are alive. */
    WORKER_REGISTRY,
    /** Keeps published events, so that a new subscription may begin with the oldest. */
    EVENT_HISTORY,
    /** Several processes can use it at once. */
    SHARED
}
