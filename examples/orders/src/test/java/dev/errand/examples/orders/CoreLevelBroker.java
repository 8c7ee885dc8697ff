package dev.errand.examples.orders;

import dev.errand.broker.Broker;
import dev.errand.broker.Capability;
import dev.errand.broker.DeadLetters;
import dev.errand.broker.Envelope;
import dev.errand.broker.Intake;
import dev.errand.broker.Profile;
import dev.errand.broker.QueueStats;
import dev.errand.broker.Receipt;
import dev.errand.broker.Signals;
import dev.errand.broker.Subscriptions;
import dev.errand.broker.Upkeep;
import dev.errand.broker.WorkerSpec;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/** Another broker with all taken away that is beyond the core level. Owns it. */
record CoreLevelBroker(Broker target) implements Broker {
    private static final Set<Class<?>> PORTS =
            Set.of(DeadLetters.class, QueueStats.class, Subscriptions.class, Upkeep.class);

    @Override
    public Profile profile() {
        Profile full = target.profile();
        return new Profile(
                "core",
                Set.of(Capability.SHARED),
                full.durability(),
                full.granularity(),
                full.dueClock(),
                full.maxRun());
    }

    @Override
    public List<Receipt> enqueue(List<Envelope> tasks) {
        return target.enqueue(tasks);
    }

    @Override
    public Intake open(WorkerSpec spec, Signals signals) {
        return target.open(spec, signals);
    }

    @Override
    public <T> Optional<T> extension(Class<T> port) {
        return PORTS.contains(port) ? target.extension(port) : Optional.empty();
    }

    @Override
    public void close() {
        target.close();
    }
}
