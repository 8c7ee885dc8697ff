package dev.errand.broker;

import java.time.Instant;
import java.util.List;

/** The workers that are alive, as their broker knows them. */
public interface WorkerRegistry {
    /** Everyone registered that is not known to be dead. */
    List<Registered> workers();

    /**
     * One worker.
     *
     * @param spec what it opened its intake with; a reader that cannot know a part of it leaves that empty
     * @param seen its last heartbeat
     * @param running how many tasks it holds
     */
    record Registered(WorkerSpec spec, Instant seen, int running) {}
}
