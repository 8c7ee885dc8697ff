package dev.errand;

/**
 * Nothing was stored: another task holds the unique key, or the id.
 *
 * @param id that task's
 */
public record Duplicate(TaskId id) implements EnqueueResult {}
