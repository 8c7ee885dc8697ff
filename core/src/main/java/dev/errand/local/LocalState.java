package dev.errand.local;

/** Where a job is in its life. */
public enum LocalState {
    /** Accepted, not running: in line, delayed, between two attempts, or behind another job of its key. */
    WAITING,
    /** An attempt runs. */
    RUNNING,
    /** It ended normally. */
    COMPLETED,
    /** It failed, and is not tried again. */
    FAILED,
    /** It was cancelled, discarded by itself, or left over when its {@code LocalTasks} were closed. */
    CANCELLED,
    /** It gave way because there was no room. */
    DROPPED;

    /** Whether nothing more happens to it. */
    public boolean ended() {
        return this != WAITING && this != RUNNING;
    }
}
