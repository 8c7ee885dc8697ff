package dev.errand.memory;

import dev.errand.TaskState;
import java.time.Instant;
import java.util.EnumMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** One queue: its ready line, its dead and cancelled tasks in the order of their ends, and its counts. */
final class QueueLine {
    final String name;
    final ReadyLine ready = new ReadyLine();
    final Chain dead = new Chain();
    final Chain cancelled = new Chain();
    /** Whether something became ready in the locked section that is going on. */
    boolean stirred;
    /** Since when nobody takes from it; null: it is not paused. */
    @Nullable
    Instant paused;

    private final long[] counts = new long[TaskState.values().length];

    QueueLine(String name) {
        this.name = name;
    }

    void count(TaskState state, int change) {
        counts[state.ordinal()] += change;
    }

    Map<TaskState, Long> counts() {
        Map<TaskState, Long> all = new EnumMap<>(TaskState.class);
        for (TaskState state : TaskState.values()) {
            if (counts[state.ordinal()] > 0) {
                all.put(state, counts[state.ordinal()]);
            }
        }
        return all;
    }
}
