package dev.errand;

import dev.errand.broker.Names;

/**
 * Names one task, for ever and across queues. Chosen by the caller or, by default, a version 7 UUID, which sorts by the
 * time of its making.
 *
 * @param value 1 to 255 characters, not blank, without control characters
 */
public record TaskId(String value) implements Comparable<TaskId> {
    /** Checks the value; throws {@link InvalidTaskException} if it is blank, too long or has control characters. */
    public TaskId {
        Names.check("task id", value);
    }

    /** The same as the constructor. */
    public static TaskId of(String value) {
        return new TaskId(value);
    }

    @Override
    public int compareTo(TaskId other) {
        return value.compareTo(other.value);
    }

    @Override
    public String toString() {
        return value;
    }
}
