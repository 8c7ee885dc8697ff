package dev.errand;

import dev.errand.broker.Broker;
import dev.errand.broker.Capability;
import dev.errand.broker.Names;
import dev.errand.broker.QueueControl;
import dev.errand.broker.QueueStats;
import dev.errand.client.TypeRegistry;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/** The queues: what is in them, and holding them back. Thread-safe. */
public final class Queues {
    private final Broker broker;

    Queues(Broker broker) {
        this.broker = broker;
    }

    /** Every queue that has ever held a task, is served or was paused, by name. */
    public List<String> names() {
        return stats().queues();
    }

    /** How many tasks of the queue are ready; 0 for a queue that does not exist. */
    public long depth(String queue) {
        return stats().depth(queue);
    }

    /**
     * How many tasks of the queue are in each state; states without any may be missing.
     *
     * @throws CapabilityException without {@link Capability#COUNTS}
     */
    public Map<TaskState, Long> counts(String queue) {
        return stats().counts(queue);
    }

    /**
     * Since when the oldest ready task of the queue has been ready; empty if there is none.
     *
     * @throws CapabilityException without {@link Capability#OLDEST_AGE}
     */
    public Optional<Instant> oldestReady(String queue) {
        return stats().oldestReady(queue);
    }

    /**
     * From now on no worker, in whatever process, takes tasks of this queue. What runs goes on, and so does what a worker has
     * taken ahead (at most about 100 ms of work); tasks are enqueued and fall due as ever. Holds until {@link #resume}, also
     * over restarts.
     *
     * @return false if it was paused before
     * @throws CapabilityException without {@link Capability#PAUSE}
     * @throws InvalidTaskException if the name is not one
     */
    public boolean pause(String queue) {
        return control().pause(Names.check("queue", queue));
    }

    /**
     * Lets a paused queue go on; waiting workers look at once.
     *
     * @return false if it was not paused
     * @throws CapabilityException without {@link Capability#PAUSE}
     */
    public boolean resume(String queue) {
        return control().resume(queue);
    }

    /**
     * The paused queues, each with the time since when.
     *
     * @throws CapabilityException without {@link Capability#PAUSE}
     */
    public Map<String, Instant> paused() {
        return control().paused();
    }

    private QueueStats stats() {
        return part(QueueStats.class);
    }

    private QueueControl control() {
        TypeRegistry.require(broker, Set.of(Capability.PAUSE), "Pausing queues");
        return part(QueueControl.class);
    }

    private <T> T part(Class<T> port) {
        return broker.extension(port)
                .orElseThrow(() ->
                        new CapabilityException("The broker " + broker.profile().name() + " gives no access to "
                                + (port == QueueControl.class ? "the pausing of queues" : "what is in its queues")
                                + "; use a broker that does (sqlite:, memory:)"));
    }
}
