package dev.errand;

/**
 * The task has taken the place of a waiting one of the same {@linkplain TaskType#debounce debounce} key, as safely as the
 * broker's durability says.
 *
 * @param id the waiting task's, which it has now
 */
public record Replaced(TaskId id) implements EnqueueResult {}
