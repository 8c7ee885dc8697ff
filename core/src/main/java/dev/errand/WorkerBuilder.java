package dev.errand;

import dev.errand.broker.EventPattern;
import dev.errand.broker.Names;
import dev.errand.broker.Subscription;
import dev.errand.broker.Subscriptions.Start;
import dev.errand.worker.HandlerTable;
import dev.errand.worker.WorkerConfig;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.BiFunction;
import java.util.function.Consumer;

/** Sets a worker up. For one thread. */
public final class WorkerBuilder {
    private final BiFunction<WorkerConfig, Collection<Schedule<?>>, Worker> starter;
    private final Map<String, WorkerConfig.Queue> queues = new LinkedHashMap<>();
    private final HandlerTable.Builder handlers = new HandlerTable.Builder();
    private final List<Middleware> middleware;
    private final Map<String, Set<EventPattern>> subscriptions = new LinkedHashMap<>();
    private final Map<String, SubscribeOptions> served = new LinkedHashMap<>();
    private final Map<String, Schedule<?>> schedules = new LinkedHashMap<>();
    private final List<Listener> listeners = new ArrayList<>();
    private Optional<String> name = Optional.empty();
    private boolean strict;
    private int concurrency = Defaults.CONCURRENCY;
    private Duration lease = Defaults.LEASE;
    private Duration drain = Defaults.DRAIN;
    private Duration interrupt = Defaults.INTERRUPT;
    private int crashLimit = Defaults.CRASH_LIMIT;

    WorkerBuilder(List<Middleware> middleware, BiFunction<WorkerConfig, Collection<Schedule<?>>, Worker> starter) {
        this.middleware = new ArrayList<>(middleware);
        this.starter = starter;
    }

    /**
     * Serves a queue with weight 1. Without any, the queues of the handled types are served. Those of its subscriptions are
     * served in any case.
     */
    public WorkerBuilder queue(String queue) {
        return queue(queue, q -> {});
    }

    /** Serves a queue. */
    public WorkerBuilder queue(String queue, Consumer<QueueOptions> options) {
        Limits.queue(queue);
        QueueOptions chosen = new QueueOptions();
        options.accept(chosen);
        if (queues.put(queue, new WorkerConfig.Queue(chosen.weight, chosen.max)) != null) {
            throw new ConfigurationException(
                    "The queue " + queue + " is named twice; name it once, with all its options");
        }
        return this;
    }

    /** Serves the queues in strict order of weight: a lower one only while all higher ones are empty. */
    public WorkerBuilder strict() {
        this.strict = true;
        return this;
    }

    /** Handlers at once, 1 to 100,000; 64 by default. */
    public WorkerBuilder concurrency(int handlersAtOnce) {
        if (handlersAtOnce < 1 || handlersAtOnce > 100_000) {
            throw new ConfigurationException(
                    "The concurrency " + handlersAtOnce + " is out of range; give 1 to 100000");
        }
        this.concurrency = handlersAtOnce;
        return this;
    }

    /** What people see in lists; host and process id by default. */
    public WorkerBuilder name(String shown) {
        this.name = Optional.of(Names.check("worker name", shown));
        return this;
    }

    /** Runs tasks of this type. */
    public <P> WorkerBuilder handle(TaskType<P> type, TaskHandler<? super P> handler) {
        return handle(type, handler, h -> {});
    }

    /** The same with options. */
    public <P> WorkerBuilder handle(
            TaskType<P> type, TaskHandler<? super P> handler, Consumer<HandlerOptions> options) {
        HandlerOptions chosen = new HandlerOptions();
        options.accept(chosen);
        handlers.add(type, handler, chosen.max);
        return this;
    }

    /** Runs tasks of this type and keeps what the handler returns. */
    public <P, R> WorkerBuilder handle(ReturningTaskType<P, R> type, ReturningHandler<? super P, ? extends R> handler) {
        return handle(type, handler, h -> {});
    }

    /** The same with options. */
    public <P, R> WorkerBuilder handle(
            ReturningTaskType<P, R> type,
            ReturningHandler<? super P, ? extends R> handler,
            Consumer<HandlerOptions> options) {
        HandlerOptions chosen = new HandlerOptions();
        options.accept(chosen);
        handlers.addReturning(type, handler, chosen.max);
        return this;
    }

    /**
     * Runs each event of this type once for this subscription. The subscription is durable and has one name for all workers
     * that share its events; it is made at the start if it is not there, begins with what is published from then on, and goes
     * on to collect events while no worker serves it, until it is removed ({@link Events#remove(String)}). Each event is a
     * task of its own in it, with retries and dead letters of its own, in a queue that this worker serves.
     *
     * <p>Several events and patterns may share a subscription, each with its handler; an event's own handler comes before those
     * of patterns, and among these the first one counts. What a later release no longer subscribes to stays in the subscription
     * until it is taken out ({@link Events#remove(String, EventPattern)}).
     *
     * @param event one event, or a pattern
     * @param subscription words of letters, digits, {@code -} and {@code _}, separated by dots, at most 100 characters
     * @throws InvalidTaskException if the name is not one
     */
    public <P> WorkerBuilder subscribe(EventType<P> event, String subscription, TaskHandler<? super P> handler) {
        Subscription.checkName(subscription);
        handlers.addEvent(event, subscription, handler);
        subscriptions
                .computeIfAbsent(subscription, name -> new LinkedHashSet<>())
                .add(event.pattern());
        return this;
    }

    /** The same with options, which hold for all events of the subscription: give them once. */
    public <P> WorkerBuilder subscribe(
            EventType<P> event,
            String subscription,
            TaskHandler<? super P> handler,
            Consumer<SubscribeOptions> options) {
        subscribe(event, subscription, handler);
        SubscribeOptions chosen = new SubscribeOptions();
        options.accept(chosen);
        if (served.put(subscription, chosen) != null) {
            throw new ConfigurationException("The subscription " + subscription
                    + " is given options twice; give them once, with its first event");
        }
        return this;
    }

    /**
     * Declares a schedule. At the start it is created if there is none of its name; if the code says something else than it did
     * before, it is changed to that, whose pause and history stay; else it is left as it is, with whatever was changed at run
     * time. What is no longer declared stays until it is deleted ({@link Schedules#delete}).
     */
    public WorkerBuilder schedule(Schedule<?> schedule) {
        if (schedules.put(schedule.name(), schedule) != null) {
            throw new ConfigurationException(
                    "The schedule " + schedule.name() + " is declared twice; give each a name of its own");
        }
        return this;
    }

    /** Wraps every attempt, inside of what was added before. */
    public WorkerBuilder middleware(Middleware wrapper) {
        middleware.add(wrapper);
        return this;
    }

    /** Hears what happens in this worker, beside the client's listeners. */
    public WorkerBuilder listener(Listener ears) {
        listeners.add(ears);
        return this;
    }

    /** How long an attempt owns its task without renewal, 1 s to 1 h; 30 s by default, renewed every third of it. */
    public WorkerBuilder lease(Duration time) {
        if (time.compareTo(Duration.ofSeconds(1)) < 0 || time.compareTo(Duration.ofHours(1)) > 0) {
            throw new ConfigurationException("The lease " + time + " is out of range; give PT1S to PT1H");
        }
        this.lease = time;
        return this;
    }

    /** The limits of the first two phases of {@link Worker#close}: 20 s and 5 s by default. */
    public WorkerBuilder stopAfter(Duration drainFor, Duration interruptFor) {
        this.drain = Limits.notNegative("drain time", drainFor);
        this.interrupt = Limits.notNegative("interrupt time", interruptFor);
        return this;
    }

    /** So many crashes make a task dead, 1 to 100; 3 by default. */
    public WorkerBuilder crashLimit(int crashes) {
        if (crashes < 1 || crashes > 100) {
            throw new ConfigurationException("The crash limit " + crashes + " is out of range; give 1 to 100");
        }
        this.crashLimit = crashes;
        return this;
    }

    /**
     * Starts it. If it is refused, nothing was stored: schedules are declared once all is checked.
     *
     * @throws ConfigurationException if it has no handler
     * @throws CapabilityException if a type or a subscription needs what the broker cannot do
     */
    public Worker start() {
        HandlerTable table = handlers.build();
        Map<String, WorkerConfig.Queue> all = new LinkedHashMap<>(queues);
        if (all.isEmpty()) {
            table.queues().forEach(q -> all.put(q, new WorkerConfig.Queue(1, Integer.MAX_VALUE)));
        }
        List<WorkerConfig.Wish> wishes = new ArrayList<>();
        subscriptions.forEach((subscription, patterns) -> {
            SubscribeOptions chosen = served.get(subscription);
            QueueOptions queue = chosen == null ? new QueueOptions() : chosen.queue;
            all.put(Subscription.queueOf(subscription), new WorkerConfig.Queue(queue.weight, queue.max));
            wishes.add(new WorkerConfig.Wish(subscription, patterns, chosen == null ? Start.NOW : chosen.start));
        });
        WorkerConfig config = new WorkerConfig(
                name,
                all,
                strict,
                concurrency,
                table,
                wishes,
                middleware,
                listeners,
                lease,
                drain,
                interrupt,
                crashLimit);
        return starter.apply(config, List.copyOf(schedules.values()));
    }
}
