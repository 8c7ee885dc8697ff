package dev.errand.local;

/** Where a job is. It moves by one atomic step each time, so that of several who want to move it exactly one does. */
enum Place {
    /** Not taken, or not yet. */
    OUT,
    /** Ready, waiting for permits. */
    LINE,
    /** Waiting for its time: delayed, or between two attempts. */
    ASIDE,
    /** Behind another one of its key. */
    BEHIND,
    /** An attempt runs, or is about to. */
    RUNNING,
    /** It runs, and was called off: there is no further attempt, and it is cancelled if this one gives up. */
    CALLED_OFF,
    /** How it ends is decided. */
    ENDED;

    boolean running() {
        return this == RUNNING || this == CALLED_OFF;
    }

    boolean waiting() {
        return this == LINE || this == ASIDE || this == BEHIND;
    }
}
