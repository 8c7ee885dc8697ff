package dev.errand.rabbitmq;

import dev.errand.CapabilityException;
import dev.errand.TaskState;
import dev.errand.broker.Capability;
import dev.errand.broker.QueueStats;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** What the broker tells of its queues: what is ready, and no more. */
final class RabbitQueueStats implements QueueStats {
    private final RabbitBroker broker;

    RabbitQueueStats(RabbitBroker broker) {
        this.broker = broker;
    }

    @Override
    public List<String> queues() {
        return broker.names().all();
    }

    @Override
    public long depth(String queue) {
        return ready(broker.layout().queue(queue)) + ready(broker.layout().alone(queue));
    }

    private long ready(String physical) {
        return broker.topology()
                .look(physical)
                .map(found -> (long) found.getMessageCount())
                .orElse(0L);
    }

    @Override
    public Map<TaskState, Long> counts(String queue) {
        throw missing(Capability.COUNTS, "ask for its depth");
    }

    @Override
    public Optional<Instant> oldestReady(String queue) {
        throw missing(Capability.OLDEST_AGE, "use the broker's own management tools");
    }

    private static CapabilityException missing(Capability capability, String remedy) {
        return new CapabilityException("RabbitMQ cannot tell this of a queue (" + capability + "); " + remedy
                + ", or use a broker that can, such as sqlite: or redis:");
    }
}
