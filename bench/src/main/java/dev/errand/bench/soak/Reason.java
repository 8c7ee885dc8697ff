package dev.errand.bench.soak;

/** Why a task was run again. */
enum Reason {
    /** The run before failed as its script says. */
    RETRY,
    /** Its worker was asked to end and gave it back. */
    GIVEN_BACK,
    /** Its worker was killed. */
    KILLED,
    /** A process was stopped for longer than the lease could last: the worker, or one that held the broker up. */
    STOPPED,
    /** The broker's own process was killed. */
    BROKER_KILLED,
    /** The broker counted a lost lease, for which nothing that was done to a process is the cause: the machine was too slow. */
    STALLED,
    /** None. */
    NONE
}
