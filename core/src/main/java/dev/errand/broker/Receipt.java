package dev.errand.broker;

import dev.errand.ErrandException;
import dev.errand.TaskId;

/** The broker's answer to one enqueued envelope. */
public sealed interface Receipt {
    /** Stored as safely as the broker's declared durability says. */
    record Stored() implements Receipt {}

    /**
     * Not stored: another task holds the unique key or the id.
     *
     * @param existing that task
     */
    record Duplicate(TaskId existing) implements Receipt {}

    /**
     * Stored in the place of a waiting task of the same debounce key.
     *
     * @param existing that task, whose id it has now
     */
    record Replaced(TaskId existing) implements Receipt {}

    /**
     * Not stored, and repeating does not help.
     *
     * @param why names the task and the remedy
     */
    record Refused(ErrandException why) implements Receipt {}
}
