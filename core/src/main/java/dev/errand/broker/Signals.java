package dev.errand.broker;

import dev.errand.TaskId;

/**
 * What an adapter may tell the engine at any time and from any thread. The calls return quickly, never throw and never call
 * back into the adapter.
 */
public interface Signals {
    /** The lease is gone (a dropped connection, say): interrupt the attempt. */
    void lost(Lease lease);

    /** Somebody asks for this running task to be cancelled. */
    void cancel(TaskId task);

    /** A task was stored that may fall due earlier than any known before: look again. */
    void dueChanged();

    /** A schedule was stored that may be due earlier than any known before: look again. */
    default void schedulesChanged() {
        dueChanged();
    }
}
