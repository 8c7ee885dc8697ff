package dev.errand.redis;

import dev.errand.broker.Broker;
import dev.errand.broker.BrokerContext;
import dev.errand.broker.BrokerUrl;
import dev.errand.contract.BrokerFixture;
import dev.errand.contract.BrokerInstance;
import dev.errand.contract.BrokerServer;
import dev.errand.contract.Facility;
import dev.errand.contract.Relay;
import dev.errand.contract.server.RedisProcess;
import io.lettuce.core.RedisClient;
import io.lettuce.core.RedisURI;
import java.util.EnumSet;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;

/** One server for a whole run, and a database of it for each test; brokers of this process reach it through a relay. */
final class RedisFixture implements BrokerFixture {
    private final AtomicInteger database = new AtomicInteger();
    private @Nullable RedisProcess server;
    private @Nullable Relay relay;

    @Override
    public String name() {
        return "redis";
    }

    @Override
    public Set<Facility> facilities() {
        return EnumSet.complementOf(EnumSet.of(Facility.MODEL));
    }

    @Override
    public synchronized BrokerInstance create() {
        if (server == null || relay == null) {
            server = RedisProcess.server();
            relay = new Relay(server.port());
        }
        return new Instance(server, relay, database.getAndIncrement());
    }

    @Override
    public synchronized void close() {
        if (relay != null) {
            relay.close();
        }
        if (server != null) {
            server.close();
        }
    }

    private record Instance(RedisProcess process, Relay relay, int database) implements BrokerInstance, BrokerServer {
        @Override
        public Broker open(BrokerContext context) {
            return new RedisProvider().open(BrokerUrl.parse(address(relay.port())), context);
        }

        private String address(int port) {
            return "redis://127.0.0.1:" + port + "/" + database;
        }

        @Override
        public Optional<String> url() {
            return Optional.of(address(process.port()));
        }

        @Override
        public Optional<BrokerServer> server() {
            return Optional.of(this);
        }

        @Override
        public void kill() {
            process.kill();
        }

        @Override
        public void start() {
            process.start();
        }

        @Override
        public void cut() {
            relay.cut();
        }

        @Override
        public void freeze() {
            relay.freeze();
        }

        @Override
        public void mend() {
            relay.mend();
        }

        @Override
        public void close() {
            relay.mend();
            RedisClient client =
                    RedisClient.create(RedisURI.create("redis://127.0.0.1:" + process.port() + "/" + database));
            try (var connection = client.connect()) {
                connection.sync().flushdb();
            } finally {
                client.shutdown();
            }
        }
    }
}
