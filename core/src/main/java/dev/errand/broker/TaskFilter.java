package dev.errand.broker;

import dev.errand.TaskState;
import java.util.Optional;
import java.util.Set;

/**
 * Which tasks to list; what is empty does not restrict.
 *
 * @param queue only of this queue
 * @param type only of this task type
 * @param states only in one of these
 */
public record TaskFilter(Optional<String> queue, Optional<String> type, Set<TaskState> states) {
    /** Every task. */
    public static final TaskFilter ALL = new TaskFilter(Optional.empty(), Optional.empty(), Set.of());

    /** Copies the set. */
    public TaskFilter {
        states = Set.copyOf(states);
    }

    /** Also restricted to a queue. */
    public TaskFilter inQueue(String name) {
        return new TaskFilter(Optional.of(name), type, states);
    }

    /** Also restricted to a task type. */
    public TaskFilter ofType(String name) {
        return new TaskFilter(queue, Optional.of(name), states);
    }

    /** Also restricted to these states. */
    public TaskFilter in(TaskState... some) {
        return new TaskFilter(queue, type, Set.of(some));
    }

    /** Whether a task is meant. */
    public boolean matches(String itsQueue, String itsType, TaskState state) {
        return queue.map(itsQueue::equals).orElse(true)
                && type.map(itsType::equals).orElse(true)
                && (states.isEmpty() || states.contains(state));
    }
}
