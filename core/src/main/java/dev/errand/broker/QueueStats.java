package dev.errand.broker;

import dev.errand.TaskId;
import dev.errand.TaskState;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;

/** What is in the queues. On every broker. */
public interface QueueStats {
    /** Every queue that has ever held a task, is served or was paused, by name. */
    List<String> queues();

    /** How many tasks of the queue are ready; 0 for a queue that does not exist. */
    long depth(String queue);

    /**
     * How many tasks of the queue are in each state; states without any may be missing.
     *
     * @throws dev.errand.CapabilityException without {@link Capability#COUNTS}
     */
    Map<TaskState, Long> counts(String queue);

    /**
     * Since when the oldest ready task of the queue has been ready; empty if there is none.
     *
     * @throws dev.errand.CapabilityException without {@link Capability#OLDEST_AGE}
     */
    Optional<Instant> oldestReady(String queue);

    /**
     * How many ready tasks of its queue are to be taken before this one; empty if it is not ready, or the broker cannot tell.
     */
    default OptionalLong ahead(TaskId id) {
        return OptionalLong.empty();
    }
}
