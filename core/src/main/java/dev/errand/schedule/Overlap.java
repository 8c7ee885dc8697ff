package dev.errand.schedule;

/** What is done when a schedule is due and the task of its run before has not ended (it waits, runs, or is to be retried). */
public enum Overlap {
    /** The due time is left out. */
    SKIP,
    /** The due time waits until that task has ended; one may wait, and further ones are left out. */
    QUEUE,
    /** Another task is enqueued all the same. */
    ALLOW
}
