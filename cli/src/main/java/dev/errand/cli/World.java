package dev.errand.cli;

import dev.errand.broker.Broker;
import dev.errand.broker.BrokerUrl;
import dev.errand.time.Time;
import java.io.InputStream;
import java.io.PrintStream;
import java.time.ZoneId;
import java.util.Map;
import java.util.random.RandomGenerator;

/**
 * What is around a command: replaced in tests.
 *
 * @param in standard input
 * @param out for results
 * @param err for everything else
 * @param environment variables
 * @param terminal what the streams are
 * @param time of this machine
 * @param zone for times without one
 * @param random for ids
 * @param who runs the command: {@code user@host}
 * @param connector opens brokers
 */
record World(
        InputStream in,
        PrintStream out,
        PrintStream err,
        Map<String, String> environment,
        Terminal terminal,
        Time time,
        ZoneId zone,
        RandomGenerator random,
        String who,
        Connector connector) {
    /** Opens brokers. */
    @FunctionalInterface
    interface Connector {
        /**
         * Opens one.
         *
         * @param mayCreate whether a store that is not there may be made
         */
        Connection open(BrokerUrl url, boolean mayCreate);
    }

    /** A broker in use. */
    interface Connection extends AutoCloseable {
        /** The broker. */
        Broker broker();

        @Override
        void close();
    }

    World {
        environment = Map.copyOf(environment);
    }

    String variable(String name) {
        return environment.getOrDefault(name, "");
    }
}
