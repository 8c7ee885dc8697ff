package dev.errand;

/**
 * This task or event, one of many, was not stored; the others are not concerned.
 *
 * @param id its own
 * @param why names it and the remedy
 */
public record Refused(TaskId id, ErrandException why) implements EnqueueAnswer, PublishAnswer {}
