package dev.errand.broker;

import dev.errand.TaskId;

/**
 * The right of one attempt to its task. How long it lasts is the worker's {@link WorkerSpec#lease()}, counted from the take
 * or the last renewal.
 *
 * @param task the task
 * @param queue where it came from
 * @param token names the attempt
 */
public record Lease(TaskId task, String queue, AttemptToken token) {}
