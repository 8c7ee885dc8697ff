package dev.errand.broker;

import dev.errand.TaskState;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** What is in the queues. On every broker. */
public interface QueueStats {
    /** Every queue that has ever held a task or is served, by name. */
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
}
