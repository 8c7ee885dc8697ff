package dev.errand.rabbitmq;

import dev.errand.BrokerClosedException;
import dev.errand.CapabilityException;
import dev.errand.ConfigurationException;
import dev.errand.InvalidTaskException;
import dev.errand.StorageException;
import dev.errand.broker.Broker;
import dev.errand.broker.BrokerContext;
import dev.errand.broker.Capability;
import dev.errand.broker.DeadLetters;
import dev.errand.broker.Envelope;
import dev.errand.broker.Intake;
import dev.errand.broker.Profile;
import dev.errand.broker.QueueStats;
import dev.errand.broker.Receipt;
import dev.errand.broker.Signals;
import dev.errand.broker.Subscriptions;
import dev.errand.broker.WorkerSpec;
import dev.errand.time.Time;
import java.time.Instant;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicBoolean;
import org.jspecify.annotations.Nullable;

/**
 * Tasks in RabbitMQ. One connection publishes, which the server holds up when it lacks memory or disk space; another does
 * everything else.
 */
final class RabbitBroker implements Broker {
    private static final Set<Capability> CAPABILITIES = EnumSet.of(Capability.SHARED, Capability.DEAD_LETTERS_BY_ID);

    private final BrokerContext context;
    private final RabbitOptions options;
    private final Layout layout;
    private final Delays delays;
    private final Link publishing;
    private final Link consuming;
    private final Publisher publisher;
    private final Topology topology;
    private final Scans scans;
    private final QueueNames names;
    private final Losses losses = new Losses();
    private final Reading reading;
    private final Writing writing;
    private final Profile profile;
    private final Map<Class<?>, Object> extensions;
    private final Set<RabbitIntake> intakes = ConcurrentHashMap.newKeySet();
    private final AtomicBoolean closed = new AtomicBoolean();
    private volatile boolean connected;

    static Broker open(RabbitOptions options, BrokerContext context) {
        if (context.crashLimit() >= Topology.POISON_LIMIT) {
            throw new ConfigurationException("A crash limit of " + context.crashLimit()
                    + " is more than RabbitMQ counts; give less than " + Topology.POISON_LIMIT);
        }
        RabbitBroker broker = new RabbitBroker(options, context);
        try {
            broker.topology.base();
            return broker;
        } catch (RuntimeException | Error e) {
            broker.close();
            throw e;
        }
    }

    private RabbitBroker(RabbitOptions options, BrokerContext context) {
        this.context = context;
        this.options = options;
        this.layout = new Layout(options);
        this.delays = new Delays(layout);
        this.publishing = new Link(options, "publishing", context.random(), () -> {});
        this.consuming = new Link(options, "consuming", context.random(), this::connected);
        this.publisher = new Publisher(options, publishing, context.time());
        this.topology = new Topology(options, layout, consuming);
        this.scans = new Scans(options, consuming, context.time(), context.random());
        this.names = new QueueNames(layout, scans, publisher);
        this.reading = new Reading(options, context.random());
        this.writing = new Writing(options);
        this.profile = new Profile(
                "rabbitmq",
                CAPABILITIES,
                options.durability(),
                Delays.GRANULARITY,
                Profile.DueClock.CLIENT,
                options.ackTimeout());
        this.extensions = Map.of(
                DeadLetters.class, new RabbitDeadLetters(this),
                QueueStats.class, new RabbitQueueStats(this),
                Subscriptions.class, new RabbitSubscriptions(this));
    }

    /** Another connection than the first one follows one that was lost. */
    private void connected() {
        if (connected) {
            topology.doubt();
            losses.add(time().now());
        }
        connected = true;
    }

    @Override
    public Profile profile() {
        return profile;
    }

    /** Each publishes at once and waits for its own confirm; many are under way on one channel. */
    @Override
    public boolean gathersEnqueues() {
        return true;
    }

    @Override
    public List<Receipt> enqueue(List<Envelope> tasks) {
        requireOpen();
        Receipt[] receipts = new Receipt[tasks.size()];
        List<Integer> places = new ArrayList<>(tasks.size());
        List<Parcel> parcels = new ArrayList<>(tasks.size());
        Instant now = time().now();
        for (int i = 0; i < receipts.length; i++) {
            Envelope task = tasks.get(i);
            Receipt.Refused refused = refusal(task);
            try {
                if (refused == null) {
                    parcels.add(parcel(task, now));
                    places.add(i);
                }
            } catch (InvalidTaskException | ConfigurationException e) {
                // Its headers are too large, or its queue cannot be had; the others may be stored.
                refused = new Receipt.Refused(e);
            }
            if (refused != null) {
                receipts[i] = refused;
            }
        }
        List<Publisher.Word> words = publish(parcels);
        for (int i = 0; i < words.size(); i++) {
            receipts[places.get(i)] = receipt(tasks.get(places.get(i)), words.get(i));
        }
        return List.of(receipts);
    }

    private Parcel parcel(Envelope task, Instant now) {
        names.add(task.queue());
        String physical = topology.queue(task.queue());
        Instant due = task.notBefore();
        boolean later = due != null && due.isAfter(now);
        Writing.Stamp stamp = later ? new Writing.Stamp(0, due, null) : Writing.Stamp.NEW;
        Delays.Address to = delays.to(physical, due == null ? now : due, now);
        return new Parcel(task.queue(), to, writing.write(task, stamp, null));
    }

    private static Receipt.@Nullable Refused refusal(Envelope task) {
        if (task.unique() == null && task.debounce() == null) {
            return null;
        }
        return new Receipt.Refused(
                new CapabilityException(
                        "Task " + task.id() + " of type " + task.type()
                                + " is to be unique or debounced, which RabbitMQ cannot do; take that away, or use a broker that can, such as sqlite: or redis:"));
    }

    private Receipt receipt(Envelope task, Publisher.Word word) {
        return switch (word) {
            case STORED -> new Receipt.Stored();
            case UNROUTABLE ->
                new Receipt.Refused(new StorageException("Task " + task.id() + " of type " + task.type()
                        + ": RabbitMQ at " + options + " has no queue '" + layout.queue(task.queue())
                        + "' any more. Declare it, or give topology=declare"));
            case REFUSED ->
                new Receipt.Refused(new StorageException("Task " + task.id() + " of type " + task.type()
                        + ": the queue '" + layout.queue(task.queue()) + "' of RabbitMQ at " + options
                        + " is full. Work it off, or raise its limit"));
        };
    }

    /** Publishes; what no queue wanted once more, after having looked after the topology. */
    List<Publisher.Word> publish(List<Parcel> parcels) {
        if (parcels.isEmpty()) {
            return List.of();
        }
        List<Publisher.Word> words;
        try {
            words = new ArrayList<>(publisher.publish(parcels));
        } catch (StorageException e) {
            // An exchange of a delay level is gone; the channel with it.
            topology.doubt();
            topology.base();
            throw new dev.errand.BrokerUnavailableException(
                    "The topology at " + options + " was incomplete; repeat", e);
        }
        if (words.contains(Publisher.Word.UNROUTABLE) && options.declares()) {
            topology.doubt();
            topology.base();
            List<Integer> places = new ArrayList<>();
            List<Parcel> again = new ArrayList<>();
            for (int i = 0; i < parcels.size(); i++) {
                if (words.get(i) == Publisher.Word.UNROUTABLE) {
                    places.add(i);
                    again.add(parcels.get(i));
                    String queue = parcels.get(i).queue();
                    if (queue != null) {
                        topology.queue(queue);
                        if (parcels.get(i).to().key().equals(layout.alone(queue))) {
                            topology.alone(queue);
                        }
                        intakes.forEach(intake -> intake.doubt(queue));
                    }
                }
            }
            List<Publisher.Word> second = publisher.publish(again);
            for (int i = 0; i < second.size(); i++) {
                words.set(places.get(i), second.get(i));
            }
        }
        return words;
    }

    @Override
    public Intake open(WorkerSpec spec, Signals signals) {
        requireOpen();
        RabbitIntake intake = new RabbitIntake(this, spec, signals);
        intake.start();
        intakes.add(intake);
        return intake;
    }

    void forget(RabbitIntake intake) {
        intakes.remove(intake);
    }

    @Override
    public <T> Optional<T> extension(Class<T> port) {
        return Optional.ofNullable(extensions.get(port)).map(port::cast);
    }

    void requireOpen() {
        if (closed.get()) {
            throw new BrokerClosedException("The broker at " + options + " is closed; open another");
        }
    }

    Time time() {
        return context.time();
    }

    BrokerContext context() {
        return context;
    }

    RabbitOptions options() {
        return options;
    }

    Layout layout() {
        return layout;
    }

    Delays delays() {
        return delays;
    }

    Link consuming() {
        return consuming;
    }

    Topology topology() {
        return topology;
    }

    Scans scans() {
        return scans;
    }

    Publisher publisher() {
        return publisher;
    }

    Losses losses() {
        return losses;
    }

    QueueNames names() {
        return names;
    }

    Reading reading() {
        return reading;
    }

    Writing writing() {
        return writing;
    }

    @Override
    public void close() {
        if (!closed.compareAndSet(false, true)) {
            return;
        }
        List.copyOf(intakes).forEach(RabbitIntake::close);
        consuming.close();
        publishing.close();
    }
}
