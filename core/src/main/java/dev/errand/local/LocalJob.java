package dev.errand.local;

import dev.errand.TaskId;

/**
 * A job as it is reported.
 *
 * @param id its id, unique also across processes
 * @param type its name, or its task type's
 * @param queue the name of its {@link LocalTasks}
 * @param attempt the current or last attempt, from 1; 0 before the first
 */
public record LocalJob(TaskId id, String type, String queue, int attempt) {}
