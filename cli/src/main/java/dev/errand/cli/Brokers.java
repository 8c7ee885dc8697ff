package dev.errand.cli;

import dev.errand.Defaults;
import dev.errand.StorageException;
import dev.errand.broker.Broker;
import dev.errand.broker.BrokerContext;
import dev.errand.broker.BrokerProvider;
import dev.errand.broker.BrokerUrl;
import dev.errand.broker.Capability;
import dev.errand.time.Time;
import java.util.random.RandomGenerator;

/** Opens real brokers, found on the class path. */
final class Brokers implements World.Connector {
    private final Time time;
    private final RandomGenerator random;

    Brokers(Time time, RandomGenerator random) {
        this.time = time;
        this.random = random;
    }

    @Override
    public World.Connection open(BrokerUrl url, boolean mayCreate) {
        BrokerProvider provider = BrokerProvider.of(url);
        if (!mayCreate && !provider.exists(url)) {
            throw new StorageException("There is nothing at " + url
                    + " yet; correct the URL, or make it: by a first enqueue with --create, or by starting a worker");
        }
        Broker broker = provider.open(url, new BrokerContext(time, random, Defaults.CRASH_LIMIT));
        if (!broker.profile().can(Capability.SHARED)) {
            broker.close();
            throw new StorageException(
                    "The broker " + url
                            + " lives in the memory of one process, so a command sees none of its tasks; use one that processes share, such as sqlite:errand.db");
        }
        return new Open(broker);
    }

    private record Open(Broker broker) implements World.Connection {
        @Override
        public void close() {
            broker.close();
        }
    }
}
