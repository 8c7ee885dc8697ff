package dev.errand.nats;

import dev.errand.broker.Broker;
import dev.errand.broker.BrokerContext;
import dev.errand.broker.BrokerProvider;
import dev.errand.broker.BrokerUrl;
import java.util.Set;

/**
 * Opens NATS servers with JetStream: {@code nats://user:password@host1:4222,host2:4222}, {@code tls://} with TLS. {@code
 * docs/nats.md} lists the options.
 */
public final class NatsProvider implements BrokerProvider {
    /** For {@link java.util.ServiceLoader}. */
    public NatsProvider() {}

    @Override
    public Set<String> schemes() {
        return Set.of("nats", "tls");
    }

    @Override
    public Broker open(BrokerUrl url, BrokerContext context) {
        return NatsBroker.open(NatsOptions.of(url), context);
    }
}
