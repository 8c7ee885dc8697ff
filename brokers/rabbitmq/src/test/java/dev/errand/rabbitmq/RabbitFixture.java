package dev.errand.rabbitmq;

import com.rabbitmq.client.Channel;
import com.rabbitmq.client.Connection;
import com.rabbitmq.client.ConnectionFactory;
import com.rabbitmq.client.GetResponse;
import dev.errand.broker.Broker;
import dev.errand.broker.BrokerContext;
import dev.errand.broker.BrokerUrl;
import dev.errand.contract.Await;
import dev.errand.contract.BrokerFixture;
import dev.errand.contract.BrokerInstance;
import dev.errand.contract.BrokerServer;
import dev.errand.contract.Facility;
import dev.errand.contract.Relay;
import dev.errand.contract.server.RabbitProcess;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.EnumSet;
import java.util.HashSet;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * One node for a whole run, and names of its own for each test, which share the delay levels. Brokers of this process reach it
 * through a relay.
 */
final class RabbitFixture implements BrokerFixture {
    /** What was declared within this time before a crash of the node may be forgotten by it. */
    private static final Duration SETTLING = Duration.ofSeconds(6);

    private final AtomicInteger instances = new AtomicInteger();
    private final String name;
    private final Supplier<RabbitProcess> start;
    private @Nullable RabbitProcess node;
    private @Nullable Relay relay;

    /** With what the results are called, and how to start a node. */
    RabbitFixture(String name, Supplier<RabbitProcess> start) {
        this.name = name;
        this.start = start;
    }

    @Override
    public String name() {
        return name;
    }

    @Override
    public Set<Facility> facilities() {
        return EnumSet.of(Facility.PROCESSES, Facility.RESTART, Facility.CUT);
    }

    @Override
    public synchronized BrokerInstance create() {
        if (node == null || relay == null) {
            node = start.get();
            relay = new Relay(node.port());
        }
        return new Instance(node, relay, "t" + instances.incrementAndGet());
    }

    @Override
    public synchronized void close() {
        if (relay != null) {
            relay.close();
        }
        if (node != null) {
            node.close();
        }
    }

    private record Instance(RabbitProcess node, Relay relay, String prefix) implements BrokerInstance, BrokerServer {
        @Override
        public Broker open(BrokerContext context) {
            return new RabbitProvider().open(BrokerUrl.parse(address(relay.port(), prefix)), context);
        }

        private static String address(int port, String prefix) {
            return "amqp://127.0.0.1:" + port + "?delays=errand.delay&heartbeat=5s&prefix=" + prefix;
        }

        @Override
        public Optional<String> url() {
            return Optional.of(address(node.port(), prefix));
        }

        @Override
        public Optional<BrokerServer> server() {
            return Optional.of(this);
        }

        @Override
        public void kill() {
            Await.pass(SETTLING);
            node.kill();
        }

        @Override
        public void start() {
            node.start();
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
            Layout layout = new Layout(RabbitOptions.of(BrokerUrl.parse(address(node.port(), prefix))));
            ConnectionFactory factory = new ConnectionFactory();
            factory.setPort(node.port());
            try (Connection connection = factory.newConnection();
                    Channel channel = connection.createChannel()) {
                Set<String> queues = new HashSet<>();
                GetResponse found;
                while ((found = channel.basicGet(layout.names(), true)) != null) {
                    queues.add(new String(found.getBody(), StandardCharsets.UTF_8));
                }
                for (String queue : queues) {
                    channel.queueDelete(layout.queue(queue));
                    channel.queueDelete(layout.alone(queue));
                }
                channel.queueDelete(layout.dead());
                channel.queueDelete(layout.names());
                channel.queueDelete(layout.subscriptions());
                channel.exchangeDelete(layout.events());
            } catch (IOException | TimeoutException e) {
                throw new AssertionError("what a test left at the node cannot be removed", e);
            }
        }
    }
}
