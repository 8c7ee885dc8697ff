package dev.errand;

/** Where a task is in its life. */
public enum TaskState {
    /** Stored, due later, not tried yet. */
    SCHEDULED,
    /** Held by a workflow or a limit. */
    WAITING,
    /** Ready for any worker. */
    PENDING,
    /** Leased by a worker. */
    ACTIVE,
    /** Failed or given back, due again later. */
    RETRY,
    /** Done; kept for its retention. */
    COMPLETED,
    /** Will not be tried again by itself; kept with its errors. */
    DEAD,
    /** Called off by a person, or discarded by its handler; kept for its retention. */
    CANCELLED;

    /** Whether nothing more happens to a task in this state by itself. */
    public boolean ended() {
        return this == COMPLETED || this == DEAD || this == CANCELLED;
    }
}
