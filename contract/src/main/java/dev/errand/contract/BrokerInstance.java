package dev.errand.contract;

import dev.errand.broker.Broker;
import dev.errand.broker.BrokerContext;
import java.util.Optional;

/** One empty broker, for one test. */
public interface BrokerInstance extends AutoCloseable {
    /**
     * Connects to it. Called more than once only if the broker has {@link dev.errand.broker.Capability#SHARED}; every
     * connection then sees the same tasks. The suite closes what is opened here.
     */
    Broker open(BrokerContext context);

    /** Where other processes find it; empty without {@link Facility#PROCESSES}. */
    default Optional<String> url() {
        return Optional.empty();
    }

    /** Its server; empty without {@link Facility#RESTART} and {@link Facility#CUT}. */
    default Optional<BrokerServer> server() {
        return Optional.empty();
    }

    /** Removes it with all its tasks. */
    @Override
    void close();
}
