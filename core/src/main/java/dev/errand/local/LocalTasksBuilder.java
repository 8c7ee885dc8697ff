package dev.errand.local;

import dev.errand.AnyTaskType;
import dev.errand.CapabilityException;
import dev.errand.ConfigurationException;
import dev.errand.Defaults;
import dev.errand.Listener;
import dev.errand.Retry;
import dev.errand.ReturningHandler;
import dev.errand.ReturningTaskType;
import dev.errand.TaskHandler;
import dev.errand.TaskType;
import dev.errand.broker.Names;
import dev.errand.notices.Notices;
import dev.errand.time.Time;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.concurrent.atomic.LongAdder;
import java.util.function.Consumer;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;

/** Sets {@link LocalTasks} up. For one thread. */
public final class LocalTasksBuilder {
    private static final int LONGEST_NAME = 200;
    private static final int STRIPES = 64;

    private final String name;
    private int permits = Defaults.CONCURRENCY;
    private int places = 10_000;
    private WhenFull whenFull = WhenFull.refuse();
    private Retry retry = Retry.none();
    private @Nullable Duration timeout;
    private @Nullable Rate rate;
    private boolean threadEach;
    private @Nullable Time time;
    private @Nullable RandomGenerator random;
    private final List<LocalObserver> observers = new ArrayList<>();
    private final List<Listener> listeners = new ArrayList<>();
    private final List<ContextCarrier> carriers = new ArrayList<>();
    private final Map<String, TypedHandler> handlers = new LinkedHashMap<>();
    private Consumer<Leftover> onLeftover = leftover -> {};

    LocalTasksBuilder(String name) {
        this.name = Names.check("name of local tasks", name);
        if (name.length() > LONGEST_NAME) {
            throw new ConfigurationException(
                    "The name of local tasks has " + name.length() + " characters; give at most " + LONGEST_NAME);
        }
    }

    /** How many jobs run at once, by weight; at least 1, 64 by default. */
    public LocalTasksBuilder permits(int weight) {
        if (weight < 1) {
            throw new ConfigurationException("The number of permits " + weight + " is too small; give at least 1");
        }
        this.permits = weight;
        return this;
    }

    /** How many jobs may wait, delayed ones and those between two attempts included; 0 or more, 10,000 by default. */
    public LocalTasksBuilder waitingRoom(int jobs) {
        if (jobs < 0) {
            throw new ConfigurationException("The waiting room " + jobs + " is negative; give 0 or more");
        }
        this.places = jobs;
        return this;
    }

    /** What happens to a job for which there is no room; by default it is refused. */
    public LocalTasksBuilder whenFull(WhenFull choice) {
        this.whenFull = choice;
        return this;
    }

    /** When failed jobs are tried again; by default they are not. */
    public LocalTasksBuilder retry(Retry policy) {
        this.retry = policy;
        return this;
    }

    /** After this time (above zero) an attempt is interrupted, and fails if it then throws; no limit by default. */
    public LocalTasksBuilder timeout(Duration limit) {
        if (!limit.isPositive()) {
            throw new ConfigurationException("The timeout " + limit + " is not above zero");
        }
        this.timeout = limit;
        return this;
    }

    /**
     * At most so many attempts begin in each period: the first ones at once, then evenly. No limit by default. Needs a waiting
     * room, and does not go with {@link WhenFull#runInCaller()}.
     *
     * @param starts at least 1
     * @param period above zero, at most 366 days
     */
    public LocalTasksBuilder rate(int starts, Duration period) {
        if (starts < 1 || !period.isPositive() || period.compareTo(Defaults.MAX_DELAY) > 0) {
            throw new ConfigurationException("The rate of " + starts + " in " + period
                    + " is out of range; give at least 1, in more than 0 and at most 366 days");
        }
        this.rate = new Rate(starts, period.toNanos());
        return this;
    }

    /**
     * Runs each attempt on a thread of its own. Otherwise a thread whose job ended normally goes on with the next in line, at most
     * 64 times, which is about twice as fast; for code that leaves something behind in {@code ThreadLocal}s, or may end holding a lock.
     */
    public LocalTasksBuilder threadForEach() {
        this.threadEach = true;
        return this;
    }

    /** Is told of what happens; several may be added. */
    public LocalTasksBuilder observer(LocalObserver observer) {
        observers.add(observer);
        return this;
    }

    /**
     * Hears what happens as it does of durable tasks, so that the same meters count both: the queue is the name of these local tasks,
     * and a job that is dropped is cancelled. Never {@code connected}. What only local tasks have, an {@link #observer} is told.
     */
    public LocalTasksBuilder listener(Listener listener) {
        listeners.add(listener);
        return this;
    }

    /** Carries more than the MDC; several may be added. */
    public LocalTasksBuilder carrying(ContextCarrier carrier) {
        carriers.add(carrier);
        return this;
    }

    /** The handler of a task type; the type's retry and timeout hold. */
    public <P> LocalTasksBuilder handle(TaskType<P> type, TaskHandler<? super P> handler) {
        return add(type, (payload, task) -> {
            handler.handle(payload(type, payload), task);
            return null;
        });
    }

    /** The handler of a task type with a result. */
    public <P, R> LocalTasksBuilder handle(
            ReturningTaskType<P, R> type, ReturningHandler<? super P, ? extends R> handler) {
        return add(type, (payload, task) -> handler.handle(payload(type, payload), task));
    }

    @SuppressWarnings({"unchecked", "unused"}) // the type is there for its parameter; submit has checked the payload
    private static <P> P payload(AnyTaskType<P> type, Object payload) {
        return (P) payload;
    }

    private LocalTasksBuilder add(AnyTaskType<?> type, TypedHandler.Invoker invoker) {
        if (!type.spec().keeps().isEmpty()) {
            throw new CapabilityException(
                    "Task type " + type.name() + " keeps " + type.spec().keeps()
                            + " with its tasks, which needs a broker with a store; handle it by a worker");
        }
        if (type.spec().unique().isPresent() || type.spec().debounce().isPresent()) {
            throw new CapabilityException(
                    "Task type " + type.name() + " is unique or debounced, which needs a broker with a store;"
                            + " handle it by a worker, or use local tasks' debounce or throttle");
        }
        if (handlers.put(type.name(), new TypedHandler(type.spec(), invoker)) != null) {
            throw new ConfigurationException(
                    "The local tasks " + name + " have two handlers for task type " + type.name() + "; keep one");
        }
        return this;
    }

    /**
     * What is done with each job that the close does not let finish, on the closing thread or the job's own. To store them: {@code
     * leftover -> leftover.enqueue(errand)}.
     */
    public LocalTasksBuilder onLeftover(Consumer<Leftover> taker) {
        this.onLeftover = taker;
        return this;
    }

    /** Another source of time than the system's, for tests. It is not closed with the local tasks. */
    public LocalTasksBuilder time(Time source) {
        this.time = source;
        return this;
    }

    /** Another source of randomness, for jitter and ids; must be safe for all threads. */
    public LocalTasksBuilder random(RandomGenerator source) {
        this.random = source;
        return this;
    }

    /** Opens for work. For one call. */
    public LocalTasks build() {
        if (rate != null && places == 0) {
            throw new ConfigurationException("The local tasks " + name
                    + " have a rate but no waiting room; give waitingRoom(1) or more, where jobs wait for their pace");
        }
        if (rate != null && whenFull instanceof WhenFull.RunInCaller) {
            throw new ConfigurationException("The local tasks " + name
                    + " have a rate, which a caller that runs its job itself would not keep; choose another WhenFull than"
                    + " runInCaller(), such as waitAtMost(limit), or leave out the rate");
        }
        Time source = time == null ? Time.system() : time;
        RandomGenerator dice = random == null ? new LocalRandom() : random;
        String instance = HexFormat.of().toHexDigits(dice.nextLong());
        Notices notices = Notices.start(null, listeners, source, new LongAdder());
        List<LocalObserver> told = new ArrayList<>(observers);
        if (notices != null) {
            told.add(new ForListeners(notices, name + "-" + instance));
        }
        Counters counters = new Counters();
        Reports reports = new Reports(counters, told);
        Engine engine = new Engine(
                name,
                instance,
                source,
                new Room(
                        new Capacity(permits, places),
                        new Keys(STRIPES),
                        rate == null ? null : new Pacing(source, rate)),
                new Judge(source, dice),
                new Carriers(carriers, reports),
                reports,
                threadEach);
        return new LocalTasks(
                engine,
                new Admission(engine, whenFull),
                counters,
                new Plan(1, retry, timeout, null),
                Map.copyOf(handlers),
                new Closing(engine, onLeftover, notices, time == null ? source : null));
    }

    /** Seeded anew for each use, which is rare: a back-off's jitter, an id's first part. */
    private static final class LocalRandom implements RandomGenerator {
        @Override
        public long nextLong() {
            return new SplittableRandom().nextLong();
        }
    }
}
