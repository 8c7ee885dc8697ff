package dev.errand.observe;

import dev.errand.TaskState;
import java.time.Instant;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * What was in one queue when it was last looked at.
 *
 * @param depth how much was ready
 * @param paused whether it is held back
 * @param counts by state; null if the broker cannot count
 * @param aged whether the broker can say the age of the oldest
 * @param oldest since when the oldest ready task was ready; null if there was none
 */
record QueueLook(
        long depth,
        boolean paused,
        @Nullable Map<TaskState, Long> counts,
        boolean aged,
        @Nullable Instant oldest) {}
