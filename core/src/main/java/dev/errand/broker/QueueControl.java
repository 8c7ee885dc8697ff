package dev.errand.broker;

import java.time.Instant;
import java.util.Map;

/** Holds queues back. For brokers with {@link Capability#PAUSE}. */
public interface QueueControl {
    /**
     * From now on no worker takes tasks of this queue; what runs goes on, and enqueueing and due times too. Durable, and the
     * same for every process. The queue need not exist yet; it does from then on. What a
     * worker has taken ahead of its free slots is still run.
     *
     * @return false if it was paused before
     */
    boolean pause(String queue);

    /**
     * Lets a paused queue go on; waiting workers are woken.
     *
     * @return false if it was not paused
     */
    boolean resume(String queue);

    /** The paused queues, each with the time since when. */
    Map<String, Instant> paused();
}
