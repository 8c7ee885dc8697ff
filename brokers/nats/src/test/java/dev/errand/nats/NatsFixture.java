package dev.errand.nats;

import dev.errand.broker.Broker;
import dev.errand.broker.BrokerContext;
import dev.errand.broker.BrokerUrl;
import dev.errand.contract.BrokerFixture;
import dev.errand.contract.BrokerInstance;
import dev.errand.contract.BrokerServer;
import dev.errand.contract.Facility;
import dev.errand.contract.Relay;
import dev.errand.contract.server.NatsProcess;
import java.time.Duration;
import java.util.EnumSet;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** One server for a whole run, and a prefix of its own for each test; brokers of this process reach it through a relay. */
final class NatsFixture implements BrokerFixture {
    private static final Duration LEASE = Duration.ofSeconds(4);

    private int number;
    private @Nullable NatsProcess server;
    private @Nullable Relay relay;

    @Override
    public String name() {
        return "nats";
    }

    @Override
    public Set<Facility> facilities() {
        return EnumSet.of(Facility.TIMED_LEASE, Facility.PROCESSES, Facility.RESTART, Facility.CUT);
    }

    @Override
    public Duration takeOver() {
        return LEASE.plusSeconds(4);
    }

    @Override
    public synchronized BrokerInstance create() {
        if (server == null || relay == null) {
            server = NatsProcess.started();
            relay = new Relay(server.port());
        }
        return new Instance(server, relay, "test-" + number++);
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

    private record Instance(NatsProcess process, Relay relay, String prefix) implements BrokerInstance, BrokerServer {
        @Override
        public Broker open(BrokerContext context) {
            return new NatsProvider().open(BrokerUrl.parse(address(relay.port())), context);
        }

        private String address(int port) {
            return "nats://127.0.0.1:" + port + "?prefix=" + prefix + "&lease=" + LEASE.toSeconds() + "s";
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
            Streams.deleteAll(process.port(), prefix + "-");
        }
    }
}
