package dev.errand;

import dev.errand.broker.Broker;
import dev.errand.broker.BrokerContext;
import dev.errand.broker.BrokerProvider;
import dev.errand.broker.BrokerUrl;
import dev.errand.broker.Capability;
import dev.errand.broker.DeadLetters;
import dev.errand.broker.Envelope;
import dev.errand.broker.Profile;
import dev.errand.broker.Receipt;
import dev.errand.broker.Subscriptions;
import dev.errand.broker.WorkerRegistry;
import dev.errand.client.Codecs;
import dev.errand.client.Enqueuer;
import dev.errand.client.EnvelopeFactory;
import dev.errand.client.TypeRegistry;
import dev.errand.explain.Checkup;
import dev.errand.explain.Doctor;
import dev.errand.explain.Explainer;
import dev.errand.explain.Explanation;
import dev.errand.notices.Notices;
import dev.errand.time.Time;
import dev.errand.worker.WorkerConfig;
import dev.errand.worker.WorkerEngine;
import java.security.SecureRandom;
import java.util.Collection;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.LongAdder;
import java.util.function.Consumer;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The client: enqueues tasks on one broker and starts workers on it. Thread-safe; make one for each service and broker.
 *
 * <pre>{@code
 * try (Errand errand = Errand.connect("sqlite:errand.db")) {
 *   errand.enqueue(Mail.CONFIRM, order);
 * }
 * }</pre>
 */
public final class Errand implements TaskSink, AutoCloseable {
    private static final Logger log = LoggerFactory.getLogger(Errand.class);

    private final Broker broker;
    private final boolean ownsBroker;
    private final Time time;
    private final boolean ownsTime;
    private final RandomGenerator random;
    private final Codecs codecs;
    private final TypeRegistry types;
    private final EnvelopeFactory envelopes;
    private final Enqueuer enqueuer;
    private final Enqueuer publisher;
    private final Tasks tasks;
    private final Schedules schedules;
    private final Queues queues;
    private final Events events;
    private final List<Middleware> middleware;
    private final LongAdder missed = new LongAdder();
    private final @Nullable Notices notices;
    private final Set<Worker> workers = ConcurrentHashMap.newKeySet();
    private volatile boolean closed;

    private Errand(Broker broker, boolean ownsBroker, Time time, RandomGenerator random, ErrandBuilder chosen) {
        this.broker = broker;
        this.ownsBroker = ownsBroker;
        this.time = time;
        this.ownsTime = chosen.time.isEmpty();
        this.random = random;
        this.codecs = Codecs.of(chosen.codec);
        this.types = new TypeRegistry(broker, codecs);
        this.envelopes = new EnvelopeFactory(codecs, time, random, chosen.maxPayload);
        this.schedules = new Schedules(broker, types, envelopes, time);
        this.tasks = new Tasks(broker, codecs, envelopes, time);
        this.queues = new Queues(broker);
        this.middleware = List.copyOf(chosen.middleware);
        Profile profile = broker.profile();
        if (!profile.durability().covers(chosen.durability)) {
            throw new ConfigurationException("The broker " + profile.name() + " promises " + profile.durability()
                    + ", but " + chosen.durability + " is required; change the broker's settings, or require less");
        }
        TypeRegistry.require(broker, chosen.required, "This application");
        log.info(
                "Errand on {}: durability {}, due tasks late by at most {} ms",
                profile.name(),
                profile.durability(),
                profile.granularity().toMillis());
        this.notices = Notices.start(null, chosen.listeners, time, missed);
        this.enqueuer = new Enqueuer(broker, notices);
        this.publisher = Enqueuer.ofEvents(broker, notices);
        this.events = new Events(broker, new TypeRegistry(broker, codecs), envelopes, publisher);
    }

    /**
     * Connects to the broker at {@code url}, such as {@code sqlite:errand.db} or {@code memory:}.
     *
     * @throws ErrandException with the remedy, if that is not possible
     */
    public static Errand connect(String url) {
        return connect(url, c -> {});
    }

    /**
     * The same with settings.
     *
     * @throws ErrandException with the remedy, if that is not possible
     */
    public static Errand connect(String url, Consumer<ErrandBuilder> settings) {
        ErrandBuilder chosen = chosen(settings);
        BrokerUrl parsed = BrokerUrl.parse(url);
        BrokerProvider provider = BrokerProvider.of(parsed);
        Time time = chosen.time.orElseGet(Time::system);
        RandomGenerator random = chosen.random.orElseGet(SharedRandom::new);
        try {
            Broker broker = provider.open(parsed, new BrokerContext(time, random, Defaults.CRASH_LIMIT));
            try {
                return new Errand(broker, true, time, random, chosen).heardBy(chosen.listeners);
            } catch (RuntimeException e) {
                broker.close();
                throw e;
            }
        } catch (RuntimeException e) {
            if (chosen.time.isEmpty()) {
                time.close();
            }
            throw e;
        }
    }

    /**
     * Uses a broker that was opened elsewhere; it is not closed with this client.
     *
     * @throws ConfigurationException if the broker's durability is less than required, or there are several codecs to choose from
     * @throws CapabilityException if the broker cannot do what is required
     */
    public static Errand over(Broker broker, Consumer<ErrandBuilder> settings) {
        ErrandBuilder chosen = chosen(settings);
        Errand errand = new Errand(
                broker, false, chosen.time.orElseGet(Time::system), chosen.random.orElseGet(SharedRandom::new), chosen);
        return errand.heardBy(chosen.listeners);
    }

    private Errand heardBy(List<Listener> listeners) {
        try {
            listeners.forEach(listener -> listener.connected(this));
            return this;
        } catch (RuntimeException | Error e) {
            if (notices != null) {
                notices.close();
            }
            throw e;
        }
    }

    private static ErrandBuilder chosen(Consumer<ErrandBuilder> settings) {
        ErrandBuilder chosen = new ErrandBuilder();
        settings.accept(chosen);
        return chosen;
    }

    /**
     * Stores a task; returns once it is as safe as the broker's durability says.
     *
     * @throws InvalidTaskException if the payload is too large, or something else about the task is out of its limits
     * @throws CodecException if the payload cannot be encoded
     * @throws ConfigurationException if another type has the name, or nothing can carry the payload
     * @throws CapabilityException if the type needs what the broker cannot do
     * @throws BrokerUnavailableException if the broker cannot be reached; it may be stored all the same
     * @throws StorageException if the broker cannot store it
     * @throws BrokerClosedException if this client or its broker is closed
     */
    @Override
    public <P> EnqueueResult enqueue(AnyTaskType<P> type, P payload) {
        return enqueue(type, payload, o -> {});
    }

    /**
     * The same with options for this one task.
     *
     * @throws InvalidTaskException also if an option is out of its range
     * @throws CapabilityException also if an option needs what the type does not declare
     */
    public <P> EnqueueResult enqueue(AnyTaskType<P> type, P payload, Consumer<EnqueueOptions> options) {
        return enqueue(type, payload, choices(options));
    }

    EnqueueResult enqueueChild(AnyTaskType<?> type, Object payload, TaskId parent, Consumer<EnqueueOptions> options) {
        EnqueueOptions chosen = new EnqueueOptions();
        options.accept(chosen);
        chosen.parent = parent;
        return enqueueUnchecked(type, payload, chosen);
    }

    @SuppressWarnings("unchecked") // TaskContext.enqueue has checked the payload against the type
    private <P> EnqueueResult enqueueUnchecked(AnyTaskType<P> type, Object payload, EnqueueOptions chosen) {
        return enqueue(type, (P) payload, chosen.toChoices());
    }

    private <P> EnqueueResult enqueue(AnyTaskType<P> type, P payload, EnvelopeFactory.Choices chosen) {
        types.check(type.spec());
        Envelope envelope = envelopes.make(type.spec(), payload, chosen);
        return switch (enqueuer.enqueue(envelope)) {
            case Receipt.Stored stored -> new Enqueued(envelope.id());
            case Receipt.Duplicate duplicate -> new Duplicate(duplicate.existing());
            case Receipt.Replaced replaced -> new Replaced(replaced.existing());
            case Receipt.Refused refused -> throw refused.why();
        };
    }

    /**
     * Stores many tasks with few round trips; an answer for each, in order. Not all-or-nothing: a task that cannot be stored,
     * such as one with a payload that is too large, is answered by {@link Refused}. Should the broker go away on the way, the
     * exception leaves open which were stored; repeat the call only with ids of your own.
     *
     * @throws ConfigurationException if another type has the name, or nothing can carry the payloads
     * @throws CapabilityException if the type, or an option, needs what the broker cannot do or the type does not declare;
     *     nothing is stored then
     * @throws BrokerUnavailableException if the broker cannot be reached
     * @throws StorageException if the broker cannot store anything
     * @throws BrokerClosedException if this client or its broker is closed
     */
    public <P> List<EnqueueAnswer> enqueueAll(AnyTaskType<P> type, Collection<? extends P> payloads) {
        return enqueueAll(type, payloads, o -> {});
    }

    /**
     * The same with options, which are called for every task anew. What they throw themselves, other than for an option that is
     * refused, is thrown, and nothing is stored.
     */
    public <P> List<EnqueueAnswer> enqueueAll(
            AnyTaskType<P> type, Collection<? extends P> payloads, Consumer<EnqueueOptions> options) {
        types.check(type.spec());
        Bulk bulk = new Bulk();
        for (P payload : payloads) {
            EnqueueOptions chosen = new EnqueueOptions();
            try {
                options.accept(chosen);
                bulk.send(envelopes.make(type.spec(), payload, chosen.toChoices()));
            } catch (InvalidTaskException | CodecException e) {
                bulk.refuse(envelopes.id(chosen.id), e);
            }
        }
        return bulk.answers(
                enqueuer.enqueueAll(bulk.sent()),
                (id, receipt) -> switch (receipt) {
                    case Receipt.Stored stored -> new Enqueued(id);
                    case Receipt.Duplicate duplicate -> new Duplicate(duplicate.existing());
                    case Receipt.Replaced replaced -> new Replaced(replaced.existing());
                    case Receipt.Refused refused -> new Refused(id, refused.why());
                },
                refused -> refused);
    }

    private static EnvelopeFactory.Choices choices(Consumer<EnqueueOptions> options) {
        EnqueueOptions chosen = new EnqueueOptions();
        options.accept(chosen);
        return chosen.toChoices();
    }

    /**
     * Publishes an event: every subscription that it matches gets a copy, as a task of its own; that there is none is no failure.
     * Returns once the copies are as safe as the broker's durability says. Should the broker go away on the way, the exception
     * leaves open which subscriptions have theirs; repeat the call with an id of your own.
     *
     * @throws ConfigurationException if it is a pattern, or nothing can carry the payload
     * @throws InvalidTaskException if the payload is too large, or something else about the event is out of its limits
     * @throws CodecException if the payload cannot be encoded
     * @throws CapabilityException if the broker has no events
     * @throws BrokerUnavailableException if the broker cannot be reached
     * @throws StorageException if the broker cannot store it
     * @throws BrokerClosedException if this client or its broker is closed
     */
    public <P> Published publish(EventType<P> event, P payload) {
        return publish(event, payload, o -> {});
    }

    /** The same with options for this one event. */
    public <P> Published publish(EventType<P> event, P payload, Consumer<PublishOptions> options) {
        return events.publish(event, payload, options);
    }

    /**
     * Publishes many events with few round trips; an answer for each, in order. Not all-or-nothing: an event that cannot be
     * stored is answered by {@link Refused}.
     *
     * @throws ConfigurationException if it is a pattern, or nothing can carry the payloads
     * @throws CapabilityException if the broker has no events
     * @throws BrokerUnavailableException if the broker cannot be reached; some may be stored all the same
     * @throws StorageException if the broker cannot store anything
     * @throws BrokerClosedException if this client or its broker is closed
     */
    public <P> List<PublishAnswer> publishAll(EventType<P> event, Collection<? extends P> payloads) {
        return publishAll(event, payloads, o -> {});
    }

    /** The same with options, which are called for every event anew. */
    public <P> List<PublishAnswer> publishAll(
            EventType<P> event, Collection<? extends P> payloads, Consumer<PublishOptions> options) {
        return events.publishAll(event, payloads, options);
    }

    /** Sets a worker up. Its start is refused with {@link BrokerClosedException} once this client is closed. */
    public WorkerBuilder worker() {
        return new WorkerBuilder(middleware, this::startWorker);
    }

    private Worker startWorker(WorkerConfig config, Collection<Schedule<?>> declared) {
        checkOpen();
        config.handlers().specs().forEach(types::check);
        config.handlers().events().forEach(types::checkAlone);
        for (WorkerConfig.Wish wish : config.subscriptions()) {
            if (wish.start() == Subscriptions.Start.BEGINNING) {
                TypeRegistry.require(
                        broker,
                        Set.of(Capability.EVENT_HISTORY),
                        "The subscription " + wish.subscription() + ", which is to begin with old events,");
            }
        }
        Notices heard = Notices.start(notices, config.listeners(), time, missed);
        try {
            Worker worker = WorkerEngine.start(
                    config,
                    broker,
                    codecs,
                    envelopes,
                    time,
                    random,
                    this::enqueueChild,
                    heard,
                    workers,
                    () -> schedules.declare(declared));
            if (closed) {
                // It may have come too late to be closed with the others.
                worker.close();
                checkOpen();
            }
            return worker;
        } catch (RuntimeException | Error e) {
            if (heard != null) {
                heard.close();
            }
            throw e;
        }
    }

    private void checkOpen() {
        if (closed) {
            throw new BrokerClosedException(
                    "This Errand is closed, so no worker was started; connect anew with Errand.connect(…)");
        }
    }

    /** Single tasks: find, list, edit, cancel, await and so on. */
    public Tasks tasks() {
        return tasks;
    }

    /** Stored schedules: list, create, edit, pause, run now and so on. */
    public Schedules schedules() {
        return schedules;
    }

    /**
     * The dead letters.
     *
     * @throws CapabilityException if the broker has no access to them
     */
    public DeadLetters deadLetters() {
        return part(DeadLetters.class);
    }

    /** The queues: what is in them, pausing and resuming. */
    public Queues queues() {
        return queues;
    }

    /** The subscriptions to events: list, make, remove. */
    public Events events() {
        return events;
    }

    /**
     * The workers that are alive, wherever they run.
     *
     * @throws CapabilityException without {@link Capability#WORKER_REGISTRY}
     */
    public WorkerRegistry workers() {
        TypeRegistry.require(broker, Set.of(Capability.WORKER_REGISTRY), "The list of workers");
        return part(WorkerRegistry.class);
    }

    /**
     * Why a task is where it is, and what keeps it from running.
     *
     * @throws CapabilityException if the broker cannot find single tasks
     */
    public Explanation explain(TaskId id) {
        return new Explainer(broker, time).explain(id);
    }

    /** How the broker, its queues, its workers and its schedules are. */
    public Checkup checkup() {
        return new Doctor(broker, time).examine();
    }

    /** The workers that were made from this client and have not stopped. */
    public List<Worker> ownWorkers() {
        return List.copyOf(workers);
    }

    /** How many notices the listeners of this client and of its workers have missed, because they were too slow. */
    public long listenersMissed() {
        return missed.sum();
    }

    private <T> T part(Class<T> port) {
        return broker.extension(port)
                .orElseThrow(() ->
                        new CapabilityException("The broker " + broker.profile().name() + " gives no access to "
                                + (port == DeadLetters.class ? "dead letters" : "the list of workers")
                                + "; use a broker that does (sqlite:, memory:)"));
    }

    /** What the broker promises. */
    public Profile profile() {
        return broker.profile();
    }

    /** Stops the workers made from it, each with its own limits, then disconnects. Idempotent. */
    @Override
    public void close() {
        closed = true;
        closeWorkers();
        enqueuer.close();
        publisher.close();
        if (notices != null) {
            notices.close();
        }
        if (ownsBroker) {
            broker.close();
        }
        if (ownsTime) {
            time.close();
        }
    }

    /** All at the same time; an interrupt of the calling thread goes on to them, and is kept. */
    private void closeWorkers() {
        List<Thread> closers = workers.stream()
                .map(worker ->
                        Thread.ofPlatform().name("errand-close-" + worker.id()).start(() -> closeWorker(worker)))
                .toList();
        boolean interrupted = false;
        for (Thread closer : closers) {
            while (closer.isAlive()) {
                try {
                    closer.join();
                } catch (InterruptedException e) {
                    interrupted = true;
                    closers.forEach(Thread::interrupt);
                }
            }
        }
        if (interrupted) {
            Thread.currentThread().interrupt();
        }
    }

    private static void closeWorker(Worker worker) {
        try {
            worker.close();
        } catch (RuntimeException e) {
            log.warn("Worker {} did not stop properly", worker.id(), e);
        }
    }

    /** SplitMix64 over an atomic counter: fast, and safe for all threads. Seeded from the system. */
    private static final class SharedRandom implements RandomGenerator {
        private final AtomicLong state = new AtomicLong(new SecureRandom().nextLong());

        @Override
        public long nextLong() {
            long z = state.addAndGet(0x9E3779B97F4A7C15L);
            z = (z ^ (z >>> 30)) * 0xBF58476D1CE4E5B9L;
            z = (z ^ (z >>> 27)) * 0x94D049BB133111EBL;
            return z ^ (z >>> 31);
        }
    }
}
