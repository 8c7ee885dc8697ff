package dev.errand.local;

/** What a repetition does when its time comes while an earlier run waits or goes on. */
public enum Overlap {
    /** Leaves this one out. */
    SKIP,
    /** Runs once more as soon as the earlier run has ended, however many times were missed. */
    RUN_AFTER,
    /** Runs both at once. */
    ALLOW
}
