package dev.errand.bench.broker;

import java.io.IOException;
import java.util.Optional;

/** One broker to be measured or loaded, with everything that was put up for it. */
public interface Site extends AutoCloseable {
    /** The kind of broker, for the field {@code broker} of the figures. */
    String name();

    /** Where it is; every connect leads to the same tasks as far as the broker is shared. */
    String url();

    /** Opens the bare counterpart, without any tasks; closed by the caller. */
    Bare bare() throws Exception;

    /** Numbers by the bare client to another process, where the broker's server has something like it; closed by the caller. */
    default Optional<Wire> wire() {
        return Optional.empty();
    }

    /** The broker's own process, where it is a server that was put up for this. */
    default Optional<Server> server() {
        return Optional.empty();
    }

    /** How many tasks wait for their time in a measurement of delays. */
    default int delayed() {
        return 100_000;
    }

    /** Ends what was put up; what it has left in the scratch folder goes with that. */
    @Override
    void close() throws IOException;

    /** A broker that runs as a process of its own. */
    interface Server {
        /** Ends it without warning. */
        void kill() throws IOException;

        /** Starts it again on what it has stored; returns when it takes connections. */
        void restart() throws IOException;
    }
}
