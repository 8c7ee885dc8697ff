package dev.errand.rabbitmq;

import dev.errand.broker.Broker;
import dev.errand.broker.BrokerContext;
import dev.errand.broker.BrokerProvider;
import dev.errand.broker.BrokerUrl;
import java.util.Set;

/**
 * Opens a RabbitMQ virtual host: {@code amqp://user:password@host:5672/vhost}, {@code amqps://} with TLS. {@code
 * docs/rabbitmq.md} lists the options.
 */
public final class RabbitProvider implements BrokerProvider {
    /** For {@link java.util.ServiceLoader}. */
    public RabbitProvider() {}

    @Override
    public Set<String> schemes() {
        return Set.of("amqp", "amqps");
    }

    @Override
    public Broker open(BrokerUrl url, BrokerContext context) {
        return RabbitBroker.open(RabbitOptions.of(url), context);
    }
}
