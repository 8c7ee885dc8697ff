package dev.errand.nats;

import dev.errand.ConfigurationException;
import dev.errand.broker.Broker;
import dev.errand.broker.BrokerContext;
import dev.errand.broker.Capability;
import dev.errand.broker.DeadLetters;
import dev.errand.broker.Durability;
import dev.errand.broker.Envelope;
import dev.errand.broker.Intake;
import dev.errand.broker.Profile;
import dev.errand.broker.QueueControl;
import dev.errand.broker.QueueStats;
import dev.errand.broker.Receipt;
import dev.errand.broker.Signals;
import dev.errand.broker.Subscriptions;
import dev.errand.broker.WorkerSpec;
import java.time.Duration;
import java.util.EnumSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicBoolean;
import org.jspecify.annotations.Nullable;

/** The broker on NATS JetStream: puts the parts together and takes them apart. */
final class NatsBroker implements Broker {
    private static final Duration GRANULARITY = Duration.ofMillis(100);
    private static final Set<Capability> CAPABILITIES = EnumSet.of(
            Capability.FENCING,
            Capability.ATOMIC_RETRY,
            Capability.OLDEST_AGE,
            Capability.PAUSE,
            Capability.DEAD_LETTERS_BY_ID,
            Capability.SHARED);

    private final Parts parts;
    private final Profile profile;
    private final Enqueueing enqueueing;
    private final NatsQueueControl control;
    private final Map<Class<?>, Object> extensions;
    private final Set<NatsIntake> intakes = ConcurrentHashMap.newKeySet();
    private final Set<Thread> leaving = ConcurrentHashMap.newKeySet();
    private final AtomicBoolean closed = new AtomicBoolean();
    private @Nullable Mover mover;
    private @Nullable Leases leases;

    static Broker open(NatsOptions options, BrokerContext context) {
        Link link = new Link(options, context);
        try {
            return new NatsBroker(Parts.of(options, context, link));
        } catch (RuntimeException | Error e) {
            link.close();
            throw e;
        }
    }

    private NatsBroker(Parts parts) {
        this.parts = parts;
        requireVersion();
        parts.topology().shared();
        Durability vouched = parts.options().durability();
        this.profile = new Profile(
                "nats",
                CAPABILITIES,
                // A server syncs its files every two minutes unless it is told otherwise, and does not say which.
                vouched == null ? Durability.PROCESS_CRASH : vouched,
                GRANULARITY,
                Profile.DueClock.CLIENT,
                Optional.empty());
        this.enqueueing =
                new Enqueueing(parts.js(), parts.subjects(), parts.topology(), parts.publishing(), parts.time());
        this.control = new NatsQueueControl(parts);
        this.extensions = Map.of(
                DeadLetters.class, new NatsDeadLetters(parts),
                QueueStats.class, new NatsQueueStats(parts),
                QueueControl.class, control,
                Subscriptions.class, new NatsSubscriptions(parts, enqueueing));
    }

    private void requireVersion() {
        String version = parts.link().connection().getServerInfo().getVersion();
        String[] numbers = version.split("[.-]");
        boolean old = numbers.length > 1
                && numbers[0].equals("2")
                && numbers[1].matches("\\d+")
                && Integer.parseInt(numbers[1]) < 9;
        if (old || numbers[0].equals("1") || numbers[0].equals("0")) {
            throw new ConfigurationException(
                    "NATS at " + parts.link() + " is of version " + version + "; 2.9 or newer is needed");
        }
        if (!parts.link().connection().getServerInfo().isJetStreamAvailable()) {
            throw new ConfigurationException("NATS at " + parts.link()
                    + " has no JetStream; enable it (nats-server -js, or jetstream {} in its configuration)");
        }
    }

    @Override
    public Profile profile() {
        return profile;
    }

    @Override
    public List<Receipt> enqueue(List<Envelope> tasks) {
        return enqueueing.enqueue(tasks);
    }

    @Override
    public Intake open(WorkerSpec spec, Signals signals) {
        parts.link().requireUp();
        control.watch();
        NatsIntake intake = new NatsIntake(this, parts, control, spec, signals);
        intakes.add(intake);
        startHelpers();
        return intake;
    }

    /** A process that only enqueues needs neither. */
    private synchronized void startHelpers() {
        if (mover == null) {
            mover = new Mover(parts);
            mover.start();
        }
        if (leases == null) {
            leases = new Leases(parts, () -> intakes);
            leases.start();
        }
    }

    void forget(NatsIntake intake) {
        intakes.remove(intake);
    }

    /** Does something that need not be waited for; {@link #close} waits for it. */
    void afterwards(Runnable work) {
        Thread thread = Thread.ofVirtual().name("errand-nats-leaving").unstarted(work);
        leaving.add(thread);
        thread.start();
        leaving.removeIf(other -> other.getState() == Thread.State.TERMINATED);
    }

    @Override
    public <T> Optional<T> extension(Class<T> port) {
        return Optional.ofNullable(extensions.get(port)).map(port::cast);
    }

    @Override
    public void close() {
        if (!closed.compareAndSet(false, true)) {
            return;
        }
        List.copyOf(intakes).forEach(NatsIntake::close);
        leaving.forEach(Leases::join);
        synchronized (this) {
            if (mover != null) {
                mover.close();
            }
            if (leases != null) {
                leases.close();
            }
        }
        parts.link().close();
    }
}
