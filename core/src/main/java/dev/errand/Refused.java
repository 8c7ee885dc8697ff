package dev.errand;

/**
 * This one of many was not stored; the others are not concerned.
 *
 * @param id the task's
 * @param why names the task and the remedy
 */
public record Refused(TaskId id, ErrandException why) implements EnqueueAnswer {}
