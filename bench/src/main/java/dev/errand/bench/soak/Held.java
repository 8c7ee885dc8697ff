package dev.errand.bench.soak;

import dev.errand.DeadCause;
import dev.errand.TaskState;
import org.jspecify.annotations.Nullable;

/**
 * What the broker holds of a task when all is over.
 *
 * @param cause why it is dead; null if it is not
 * @param crashes counted by the broker
 */
record Held(TaskState state, @Nullable DeadCause cause, int crashes) {}
