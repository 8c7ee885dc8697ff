package dev.errand.contract;

import java.time.Duration;
import java.util.Set;

/**
 * A broker as the suite meets it; written by the broker's author. One object serves a whole run, so what is slow to start (a
 * server) starts once and is shared by the instances.
 */
public interface BrokerFixture extends AutoCloseable {
    /** The broker's name in the results: {@code sqlite}. */
    String name();

    /**
     * What holds of this broker and its fixture. What it can do as a broker is not repeated here: that is asked of its
     * {@link dev.errand.broker.Profile}.
     */
    Set<Facility> facilities();

    /**
     * Makes a broker for one test: fresh, empty, and seen by nobody else. Two instances share no task, no key and no queue,
     * whatever they share below that.
     */
    BrokerInstance create();

    /** How soon the tasks of a killed worker begin elsewhere, on a busy machine and with the settings of the instances' URLs. */
    default Duration takeOver() {
        return Duration.ofSeconds(5);
    }

    /** Stops what {@link #create} has shared. */
    @Override
    default void close() {}
}
