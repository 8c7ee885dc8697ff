package dev.errand;

import java.time.Duration;

/** Runs tasks until it is closed. Thread-safe. Made by {@link Errand#worker()}. */
public interface Worker extends AutoCloseable {
    /** Unique among all workers ever. */
    String id();

    /** What people see in lists: given to it, or else host and process id. */
    String name();

    /** How busy it is now. Cheap. */
    Load load();

    /** Whether it makes progress. */
    Health health();

    /**
     * Stops in three phases: takes no more and waits for its handlers; interrupts them and waits again; gives back what still
     * runs, uncounted. Returns at once if it was stopped before, else when all three are done. An interrupt of the calling thread,
     * also one from before the call, ends the first phase and nothing else; it is kept.
     *
     * @param drain the first phase's limit, zero or more; more than a century is for ever
     * @param interrupt the second phase's limit, zero or more
     */
    void stop(Duration drain, Duration interrupt);

    /** Stops with the limits that the worker was built with: 20 s and 5 s by default. */
    @Override
    void close();
}
