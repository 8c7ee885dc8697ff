package dev.errand;

import dev.errand.broker.Names;
import dev.errand.worker.HandlerTable;
import dev.errand.worker.WorkerConfig;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Consumer;
import java.util.function.Function;

/** Sets a worker up. For one thread. */
public final class WorkerBuilder {
    private final Function<WorkerConfig, Worker> starter;
    private final Map<String, WorkerConfig.Queue> queues = new LinkedHashMap<>();
    private final HandlerTable.Builder handlers = new HandlerTable.Builder();
    private final List<Middleware> middleware;
    private final Consumer<Schedule<?>> declarer;
    private final Map<String, Schedule<?>> schedules = new LinkedHashMap<>();
    private final List<Listener> listeners = new ArrayList<>();
    private Optional<String> name = Optional.empty();
    private boolean strict;
    private int concurrency = Defaults.CONCURRENCY;
    private Duration lease = Defaults.LEASE;
    private Duration drain = Defaults.DRAIN;
    private Duration interrupt = Defaults.INTERRUPT;
    private int crashLimit = Defaults.CRASH_LIMIT;

    WorkerBuilder(List<Middleware> middleware, Function<WorkerConfig, Worker> starter, Consumer<Schedule<?>> declarer) {
        this.middleware = new ArrayList<>(middleware);
        this.starter = starter;
        this.declarer = declarer;
    }

    /** Serves a queue with weight 1. Without any, the queues of the handled types are served. */
    public WorkerBuilder queue(String queue) {
        return queue(queue, q -> {});
    }

    /** Serves a queue. */
    public WorkerBuilder queue(String queue, Consumer<QueueOptions> options) {
        Names.check("queue", queue);
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
     * Starts it.
     *
     * @throws ConfigurationException if it has no handler
     * @throws CapabilityException if a type needs what the broker cannot do
     */
    public Worker start() {
        HandlerTable table = handlers.build();
        schedules.values().forEach(declarer);
        Map<String, WorkerConfig.Queue> served = new LinkedHashMap<>(queues);
        if (served.isEmpty()) {
            table.queues().forEach(q -> served.put(q, new WorkerConfig.Queue(1, Integer.MAX_VALUE)));
        }
        return starter.apply(new WorkerConfig(
                name, served, strict, concurrency, table, middleware, listeners, lease, drain, interrupt, crashLimit));
    }
}
