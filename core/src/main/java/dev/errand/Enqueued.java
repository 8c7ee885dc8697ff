package dev.errand;

/**
 * The task is stored, as safely as the broker's durability says.
 *
 * @param id the new task's
 */
public record Enqueued(TaskId id) implements EnqueueResult {}
