package dev.errand.local;

/** What became of a job that asked to be taken. */
enum Answer {
    /** It runs by the books; whoever asked must start it. */
    STARTS,
    /** It has a place. */
    WAITS,
    /** There is neither a permit nor a place for it. */
    FULL,
    /** Nothing is taken any more. */
    CLOSED
}
