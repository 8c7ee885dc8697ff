package dev.errand.redis;

import dev.errand.BrokerClosedException;
import dev.errand.broker.Broker;
import dev.errand.broker.BrokerContext;
import dev.errand.broker.Capability;
import dev.errand.broker.DeadLetters;
import dev.errand.broker.Envelope;
import dev.errand.broker.Intake;
import dev.errand.broker.Profile;
import dev.errand.broker.QueueControl;
import dev.errand.broker.QueueStats;
import dev.errand.broker.Receipt;
import dev.errand.broker.ScheduleStore;
import dev.errand.broker.Signals;
import dev.errand.broker.Subscriptions;
import dev.errand.broker.TaskRecords;
import dev.errand.broker.TaskStore;
import dev.errand.broker.Upkeep;
import dev.errand.broker.WorkerRegistry;
import dev.errand.broker.WorkerSpec;
import dev.errand.time.Time;
import io.lettuce.core.ClientOptions;
import io.lettuce.core.RedisClient;
import io.lettuce.core.SocketOptions;
import java.time.Duration;
import java.util.EnumSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;

/**
 * The broker on Redis: puts the parts together and takes them apart. Every step that must be atomic is one {@link Script};
 * everything goes over one {@link Link}, but for the connections of {@link Waker}s, which wait, and that of {@link Notices}.
 */
final class RedisBroker implements Broker {
    private static final Duration GRANULARITY = Duration.ofMillis(10);
    private static final Duration CONNECT_TIMEOUT = Duration.ofSeconds(3);
    /** All but priorities within a queue, which asynq's lists cannot have. */
    private static final Set<Capability> CAPABILITIES =
            EnumSet.complementOf(EnumSet.of(Capability.PRIORITY, Capability.EVENT_HISTORY));

    private final BrokerContext context;
    private final RedisOptions options;
    private final RedisClient client;
    private final Link link;
    private final Profile profile;
    private final KnownQueues queues;
    private final UniqueKeys uniqueKeys;
    private final Debouncing debouncing;
    private final Enqueueing enqueueing;
    private final ShownSchedules shownSchedules;
    private final Set<RedisIntake> intakes = ConcurrentHashMap.newKeySet();
    private final HeldTasks heldTasks = new HeldTasks(this);
    private final Notices notices;
    private final Pulse pulse;
    private final Map<Class<?>, Object> extensions;
    private final AtomicBoolean closed = new AtomicBoolean();

    static Broker open(RedisOptions options, BrokerContext context) {
        RedisClient client = RedisClient.create();
        client.setOptions(ClientOptions.builder()
                .autoReconnect(false)
                .disconnectedBehavior(ClientOptions.DisconnectedBehavior.REJECT_COMMANDS)
                .socketOptions(SocketOptions.builder()
                        .connectTimeout(min(CONNECT_TIMEOUT, options.timeout()))
                        .keepAlive(true)
                        .build())
                .build());
        try {
            return new RedisBroker(options, context, client);
        } catch (RuntimeException | Error e) {
            shutDown(client);
            throw e;
        }
    }

    private static Duration min(Duration one, Duration other) {
        return one.compareTo(other) < 0 ? one : other;
    }

    private RedisBroker(RedisOptions options, BrokerContext context, RedisClient client) {
        this.context = context;
        this.options = options;
        this.client = client;
        this.link = new Link(client, options);
        Time time = context.time();
        Server server = Server.inspect(link, options, time);
        this.profile = new Profile(
                "redis", CAPABILITIES, server.durability(), GRANULARITY, Profile.DueClock.CLIENT, Optional.empty());
        this.queues = new KnownQueues(link, time);
        this.uniqueKeys = new UniqueKeys(link, time, queues);
        Reading reading = new Reading(link, time, queues);
        Rewriting rewriting = new Rewriting(this);
        this.debouncing = new Debouncing(this, reading, rewriting);
        this.enqueueing = new Enqueueing(link, time, queues, uniqueKeys, debouncing);
        this.shownSchedules = new ShownSchedules(link, time);
        RedisSchedules schedules = new RedisSchedules(link, time, enqueueing, shownSchedules);
        this.notices = new Notices(client, options.uri(), intakes);
        this.pulse = new Pulse(this);
        this.extensions = Map.of(
                TaskStore.class, new RedisTaskStore(this, reading, rewriting),
                DeadLetters.class, new RedisDeadLetters(this, reading),
                QueueStats.class, new RedisQueueStats(link, time, queues),
                QueueControl.class, new RedisQueueControl(link, time, queues),
                TaskRecords.class, new RedisRecords(this),
                ScheduleStore.class, schedules,
                Subscriptions.class, new RedisSubscriptions(link, time, enqueueing),
                Upkeep.class, new RedisUpkeep(this, rewriting, schedules),
                WorkerRegistry.class, new RedisWorkers(this));
    }

    @Override
    public Profile profile() {
        return profile;
    }

    @Override
    public List<Receipt> enqueue(List<Envelope> tasks) {
        requireOpen();
        return enqueueing.enqueue(tasks);
    }

    @Override
    public Intake open(WorkerSpec spec, Signals signals) {
        requireOpen();
        queues.register(spec.queues().keySet());
        RedisIntake intake = new RedisIntake(this, spec, signals);
        link.await(null, notices.listen());
        intakes.add(intake);
        pulse.join(intake);
        return intake;
    }

    void forget(RedisIntake intake) {
        intakes.remove(intake);
    }

    @Override
    public <T> Optional<T> extension(Class<T> port) {
        return Optional.ofNullable(extensions.get(port)).map(port::cast);
    }

    private void requireOpen() {
        if (closed.get()) {
            throw new BrokerClosedException("The broker at " + link + " is closed; open another");
        }
    }

    Time time() {
        return context.time();
    }

    BrokerContext context() {
        return context;
    }

    RedisOptions options() {
        return options;
    }

    RedisClient client() {
        return client;
    }

    Link link() {
        return link;
    }

    KnownQueues queues() {
        return queues;
    }

    UniqueKeys uniqueKeys() {
        return uniqueKeys;
    }

    Debouncing debouncing() {
        return debouncing;
    }

    ShownSchedules shownSchedules() {
        return shownSchedules;
    }

    HeldTasks heldTasks() {
        return heldTasks;
    }

    Notices notices() {
        return notices;
    }

    Pulse pulse() {
        return pulse;
    }

    Set<RedisIntake> intakes() {
        return intakes;
    }

    @Override
    public void close() {
        if (!closed.compareAndSet(false, true)) {
            return;
        }
        List.copyOf(intakes).forEach(RedisIntake::close);
        pulse.close();
        notices.close();
        link.close();
        shutDown(client);
    }

    private static void shutDown(RedisClient client) {
        client.shutdown(0, 2, TimeUnit.SECONDS);
    }
}
