package dev.errand.worker;

import dev.errand.CapabilityException;
import dev.errand.Health;
import dev.errand.Load;
import dev.errand.Notice;
import dev.errand.TaskId;
import dev.errand.Worker;
import dev.errand.broker.Broker;
import dev.errand.broker.Delivery;
import dev.errand.broker.Intake;
import dev.errand.broker.Lease;
import dev.errand.broker.Outcome;
import dev.errand.broker.ScheduleStore;
import dev.errand.broker.Signals;
import dev.errand.broker.TaskRecords;
import dev.errand.broker.TaskStore;
import dev.errand.broker.Upkeep;
import dev.errand.broker.WorkerSpec;
import dev.errand.client.Codecs;
import dev.errand.client.EnvelopeFactory;
import dev.errand.notices.Notices;
import dev.errand.time.Time;
import dev.errand.upkeep.Chores;
import dev.errand.upkeep.ScheduleKeeper;
import dev.errand.worker.Attempt.Stop;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Consumer;
import java.util.function.Predicate;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A worker: wires the engine's parts to one intake, starts them, and stops them in three phases. The parts know each other
 * only through the callbacks that are set up here.
 */
public final class WorkerEngine implements Worker, Signals {
    private static final Logger log = LoggerFactory.getLogger(Worker.class);
    /** For a task that the engine itself could not run. */
    static final Duration AFTER_DEFECT = Duration.ofSeconds(5);

    private static final Duration SURPLUS_DELAY = Duration.ofSeconds(1);
    private static final Duration SUSPECT_SPREAD = Duration.ofSeconds(4);
    private static final Duration FLUSH = Duration.ofSeconds(4);
    private static final Duration STUCK_AFTER = Duration.ofSeconds(5);

    private final String id;
    private final String name;
    private final WorkerConfig config;
    private final Time time;
    private final Set<Worker> listed;
    private final @Nullable Notices notices;
    private final Outage outage;
    private final Ends ends;
    private final Intake intake;
    private final Bench bench;
    private final Pace pace;
    private final Judge judge;
    private final Suspects suspects;
    private final RandomGenerator random;
    private final Runner runner;
    private final Fetcher fetcher;
    private final Optional<Scribe> scribe;
    private final Settler settler;
    private final LeaseKeeper leases;
    private final Optional<Chores> chores;
    private final Optional<ScheduleKeeper> schedules;
    private final Optional<SubscriptionKeeper> subscriptions;
    private final Stopping stopping;
    private final Map<Attempt, Instant> interrupted = new ConcurrentHashMap<>();
    private final Instant started;
    /** Signals may come from the moment at which the intake is open, when the other parts do not exist yet. */
    private volatile boolean opened;

    private WorkerEngine(
            WorkerConfig config,
            Broker broker,
            Codecs codecs,
            EnvelopeFactory limits,
            Time time,
            RandomGenerator random,
            ChildEnqueuer children,
            @Nullable Notices notices,
            Set<Worker> listed) {
        this.config = config;
        this.notices = notices;
        this.time = time;
        this.listed = listed;
        this.started = time.now();
        WorkerSpec spec = spec(config, started, random);
        this.id = spec.id();
        this.name = spec.name();
        checkRunTime(broker, spec);
        this.outage = new Outage(time, random, spec.name());
        this.bench = new Bench(config);
        this.pace = new Pace(time, config.concurrency());
        this.random = random;
        this.suspects = new Suspects(config.crashLimit());
        this.judge = new Judge(time, random, id, config.crashLimit());
        Consumer<Notice.Fired> fired = notices == null ? notice -> {} : notices::tell;
        this.schedules = broker.extension(ScheduleStore.class)
                .map(store -> new ScheduleKeeper(store, open(broker), time, outage, fired));
        this.chores = broker.extension(Upkeep.class).map(upkeep -> new Chores(upkeep, time, random, outage, notices));
        this.ends = new Ends(time, new TaskLog(time), id, this::report, notices);
        this.subscriptions = SubscriptionKeeper.of(config.subscriptions(), broker, time, outage);
        this.intake = broker.open(spec, this);
        try {
            this.leases = new LeaseKeeper(intake, time, outage, config.lease(), suspects, notices, this::stop);
            Optional<TaskRecords> records = broker.extension(TaskRecords.class);
            this.scribe = records.map(r -> new Scribe(r, time, outage));
            this.settler = new Settler(
                    intake,
                    judge,
                    leases,
                    scribe,
                    ends,
                    notices,
                    time,
                    outage,
                    config.concurrency(),
                    this::roomChanged);
            Keeping keeping =
                    new Keeping(scribe, records.map(r -> new Steps.Means(r, codecs, limits, time, this::stop)), time);
            this.runner = new Runner(
                    codecs,
                    limits,
                    judge,
                    time,
                    config.middleware(),
                    children,
                    suspects,
                    keeping,
                    this::stop,
                    ends,
                    this::failed,
                    this::ended);
            this.fetcher = new Fetcher(
                    intake,
                    bench,
                    pace,
                    new QueueOrder(config.queues(), config.strict(), random),
                    settler,
                    time,
                    outage,
                    notices,
                    this::taken);
            this.stopping = new Stopping(time);
            this.opened = true;
        } catch (Throwable t) {
            intake.close();
            throw t;
        }
    }

    /**
     * Opens an intake and starts to take.
     *
     * @param limits knows how large a result may be
     * @param notices null if nobody listens; closed with the worker
     * @param listed where it is listed from now on until it has stopped
     * @param beforeIt what is to be done once all is checked, before it takes the first task; if that throws, it does not start
     */
    public static Worker start(
            WorkerConfig config,
            Broker broker,
            Codecs codecs,
            EnvelopeFactory limits,
            Time time,
            RandomGenerator random,
            ChildEnqueuer children,
            @Nullable Notices notices,
            Set<Worker> listed,
            Runnable beforeIt) {
        WorkerEngine engine = new WorkerEngine(config, broker, codecs, limits, time, random, children, notices, listed);
        try {
            beforeIt.run();
        } catch (RuntimeException | Error e) {
            engine.intake.close();
            throw e;
        }
        listed.add(engine);
        try {
            engine.startAll();
        } catch (Throwable t) {
            engine.stop(Duration.ZERO, Duration.ZERO);
            throw t;
        }
        return engine;
    }

    private void startAll() {
        tell(new Notice.WorkerStarted(id));
        leases.start();
        settler.start();
        fetcher.start();
        chores.ifPresent(Chores::start);
        schedules.ifPresent(ScheduleKeeper::start);
        subscriptions.ifPresent(SubscriptionKeeper::start);
        log.info(
                "Worker {} serves {} with {} handlers at once",
                id,
                config.queues().keySet(),
                config.concurrency());
    }

    private static WorkerSpec spec(WorkerConfig config, Instant started, RandomGenerator random) {
        String host = hostName();
        long pid = ProcessHandle.current().pid();
        String id = host + "-" + pid + "-" + Long.toHexString(random.nextLong());
        Map<String, Integer> weights = new java.util.LinkedHashMap<>();
        config.queues().forEach((name, queue) -> weights.put(name, queue.weight()));
        return new WorkerSpec(
                id,
                config.name().orElse(host + "-" + pid),
                host,
                pid,
                started,
                weights,
                config.strict(),
                config.concurrency(),
                config.handlers().wireNames(),
                config.handlers().longestTimeout(),
                config.lease());
    }

    private static Predicate<TaskId> open(Broker broker) {
        Optional<TaskStore> tasks = broker.extension(TaskStore.class);
        return id -> tasks.flatMap(store -> store.find(id))
                .map(info -> !info.state().ended())
                .orElse(false);
    }

    private static String hostName() {
        try {
            return InetAddress.getLocalHost().getHostName();
        } catch (UnknownHostException e) {
            return "unknown-host";
        }
    }

    private static void checkRunTime(Broker broker, WorkerSpec spec) {
        broker.profile().maxRun().ifPresent(max -> {
            if (spec.longestTimeout().compareTo(max) > 0) {
                throw new CapabilityException(
                        "The broker " + broker.profile().name() + " lets a task run for at most " + max
                                + ", but a task type has a timeout of " + spec.longestTimeout()
                                + "; shorten it with timeout(…), or raise the broker's own limit");
            }
        });
    }

    // ---- from the take to the slot

    private void taken(List<Delivery> deliveries) {
        long now = time.nanoTime();
        for (Delivery delivery : deliveries) {
            HandlerTable.Registration handler =
                    handler(delivery.lease().queue(), delivery.envelope().type());
            if (handler == null
                    && delivery.defect() == null
                    && !config.handlers().knows(delivery.envelope().type())) {
                bench.unknown(delivery.envelope().type());
            }
            Attempt attempt = new Attempt(delivery, handler, suspects.includes(delivery.envelope()), now);
            try {
                leases.hold(attempt);
                switch (bench.seat(attempt)) {
                    case RUN -> run(attempt);
                    case WAIT -> {}
                    case FULL -> giveBack(attempt, surplusDelay(attempt), "no room for it in this worker");
                }
            } catch (Throwable t) {
                failed(attempt, t);
            }
        }
    }

    /** Starts one that has a slot. Without a thread for it, it is given back, and the next one gets its slot. */
    private void run(Attempt first) {
        Attempt next = first;
        while (next != null) {
            try {
                runner.start(next);
                return;
            } catch (Throwable t) {
                failed(next, t);
                next = bench.leave(next);
            }
        }
    }

    /** The engine itself could not go on with it. It is given back, or else its lease runs out: it is held no longer. */
    private void failed(Attempt attempt, Throwable why) {
        try {
            giveBack(attempt, AFTER_DEFECT, "the engine failed: " + why);
            TaskMdc.during(
                    attempt,
                    () -> log.error(
                            "Task {} of type {} (queue {}): the engine failed with it; it is given back unless its outcome was reported before",
                            attempt.envelope().id(),
                            attempt.envelope().type(),
                            attempt.lease().queue(),
                            why));
        } catch (Throwable again) {
            leases.forget(attempt);
        }
    }

    private HandlerTable.@Nullable Registration handler(String queue, String type) {
        return config.handlers().find(queue, type).orElse(null);
    }

    /** Suspects that wait for each other come back at different times, so that they are held for as little as can be. */
    private Duration surplusDelay(Attempt attempt) {
        return attempt.suspect ? SURPLUS_DELAY.plusMillis(random.nextLong(SUSPECT_SPREAD.toMillis())) : SURPLUS_DELAY;
    }

    private void giveBack(Attempt attempt, Duration delay, String why) {
        if (attempt.claim()) {
            ends.endedElsewhere(attempt, judge.release(attempt, delay, why), null);
        }
        interrupted.remove(attempt);
    }

    private void report(Attempt attempt, Outcome outcome) {
        try {
            settler.report(attempt, outcome);
        } catch (Throwable t) {
            // Nobody else can report it: it comes back when its lease has run out.
            leases.forget(attempt);
            throw t;
        }
    }

    private void ended(Attempt attempt) {
        interrupted.remove(attempt);
        pace.finishedOne();
        if (attempt.stopped() == Stop.LOST) {
            leases.forget(attempt);
        }
        Attempt next = bench.leave(attempt);
        if (next != null) {
            run(next);
        }
        roomChanged(attempt);
        stopping.ended();
    }

    private void roomChanged() {
        fetcher.roomChanged();
    }

    /** The room that this one had is free. */
    private void roomChanged(Attempt left) {
        if (bench.limits(left)) {
            fetcher.limitChanged();
        }
        fetcher.roomChanged();
    }

    // ---- reasons to stop an attempt

    private void stop(Attempt attempt, Stop reason) {
        if (bench.remove(attempt)) {
            // It may have been stopped before it sat down, so the reason that counts may be an earlier one.
            attempt.stop(reason);
            if (attempt.claim()) {
                Stop counts = attempt.stopped();
                dropWaiting(attempt, counts == null ? reason : counts);
            }
            interrupted.remove(attempt);
            return;
        }
        if (attempt.claimed()) {
            return;
        }
        interrupted.putIfAbsent(attempt, time.now());
        if (attempt.stop(reason)) {
            if (reason == Stop.LOST) {
                ends.lost(attempt);
            }
            watch(attempt);
        }
        if (attempt.claimed()) {
            // It ended meanwhile, perhaps before it was put down as interrupted.
            interrupted.remove(attempt);
        }
    }

    private void dropWaiting(Attempt attempt, Stop reason) {
        switch (reason) {
            case LOST -> {
                leases.forget(attempt);
                ends.superseded(attempt);
            }
            case CANCEL -> ends.endedElsewhere(attempt, judge.cancelled(attempt, "cancelled before it ran"), null);
            default ->
                ends.endedElsewhere(attempt, judge.release(attempt, Duration.ZERO, "given back unstarted"), null);
        }
        roomChanged(attempt);
    }

    /** Says it once if a handler does not heed its interrupt. */
    private void watch(Attempt attempt) {
        time.after(STUCK_AFTER, () -> {
            if (interrupted.containsKey(attempt)) {
                TaskMdc.during(
                        attempt,
                        () -> log.warn(
                                "Task {} of type {} (queue {}) was interrupted ({}) {} ago and has not ended; it keeps its slot until it does",
                                attempt.envelope().id(),
                                attempt.envelope().type(),
                                attempt.lease().queue(),
                                attempt.stopped(),
                                STUCK_AFTER));
            }
        });
    }

    @Override
    public void lost(Lease lease) {
        if (!opened) {
            return;
        }
        Attempt attempt = leases.find(lease);
        if (attempt != null) {
            stop(attempt, Stop.LOST);
        }
    }

    @Override
    public void cancel(TaskId task) {
        if (!opened) {
            return;
        }
        leases.find(task).forEach(attempt -> stop(attempt, Stop.CANCEL));
    }

    @Override
    public void dueChanged() {
        chores.ifPresent(Chores::dueChanged);
    }

    @Override
    public void schedulesChanged() {
        schedules.ifPresent(ScheduleKeeper::changed);
    }

    // ---- the three phases

    @Override
    public void stop(Duration drain, Duration interrupt) {
        if (!stopping.begin(() -> step("the taking", fetcher::takeNoMore))) {
            stopping.awaitDone();
            return;
        }
        try {
            stopInPhases(drain, interrupt);
        } finally {
            stopping.done();
            listed.remove(this);
            if (notices != null) {
                notices.close();
            }
        }
    }

    private void tell(Notice notice) {
        if (notices != null) {
            notices.tell(notice);
        }
    }

    private void stopInPhases(Duration drain, Duration interrupt) {
        log.info("Worker {} stops: {} running, waiting for them up to {}", id, bench.running(), drain);
        schedules.ifPresent(s -> step("the schedules", s::stop));
        subscriptions.ifPresent(s -> step("the subscriptions", s::stop));
        step("the fetcher", fetcher::stop);
        bench.close().forEach(waiting -> giveBack(waiting, Duration.ZERO, "its worker stopped"));
        if (!stopping.awaitUnlessInterrupted(() -> bench.running() == 0, drain)) {
            log.info("Worker {} interrupts {} handlers, waiting up to {}", id, bench.running(), interrupt);
            leases.all().forEach(attempt -> stop(attempt, Stop.SHUTDOWN));
            if (!stopping.await(() -> bench.running() == 0, interrupt)) {
                leases.all().forEach(this::abandon);
            }
        }
        if (!settler.flush(FLUSH)) {
            log.error("Worker {} could not write all outcomes down within {}; those tasks will run again", id, FLUSH);
        }
        chores.ifPresent(c -> step("the chores", c::stop));
        step("the settler", settler::stop);
        scribe.ifPresent(s -> step("the scribe", s::stop));
        step("the leases", leases::stop);
        step("the sign-off from the broker, which will notice by itself", intake::close);
        log.info("Worker {} has stopped", id);
        tell(new Notice.WorkerStopped(id));
    }

    /** One part that cannot stop properly must not keep the others from it. */
    private void step(String what, Runnable stop) {
        try {
            stop.run();
        } catch (RuntimeException e) {
            log.warn("Worker {}: the end of {} failed", id, what, e);
        }
    }

    private void abandon(Attempt attempt) {
        if (attempt.claim()) {
            TaskMdc.during(
                    attempt,
                    () -> log.warn(
                            "Task {} of type {} (queue {}) ignores its interrupt; it is given back and may run twice",
                            attempt.envelope().id(),
                            attempt.envelope().type(),
                            attempt.lease().queue()));
            ends.endedElsewhere(
                    attempt, judge.release(attempt, Duration.ZERO, "its worker stopped and it did not end"), null);
        }
    }

    @Override
    public void close() {
        stop(config.drain(), config.interrupt());
    }

    @Override
    public String id() {
        return id;
    }

    @Override
    public String name() {
        return name;
    }

    @Override
    public Load load() {
        return bench.load(settler.pending());
    }

    /** The threads without which it is no worker. */
    private List<Loop> loops() {
        List<Loop> loops = new ArrayList<>(List.of(fetcher.loop(), settler.loop(), leases.loop()));
        chores.ifPresent(c -> loops.addAll(c.loops()));
        schedules.ifPresent(s -> loops.add(s.loop()));
        return loops;
    }

    @Override
    public Health health() {
        Instant now = time.now();
        int stuck = (int) interrupted.values().stream()
                .filter(since -> Duration.between(since, now).compareTo(STUCK_AFTER) >= 0)
                .count();
        Outage.@Nullable Current trouble = outage.current().orElse(null);
        Health.State state = stopping.state();
        if (state != Health.State.RUNNING) {
            return new Health(state, stopping.since(), "", bench.running(), stuck);
        }
        List<String> stalled =
                loops().stream().filter(Loop::stalled).map(Loop::name).toList();
        if (!stalled.isEmpty()) {
            return new Health(
                    Health.State.STALLED,
                    now.minus(Loop.STALLED_AFTER),
                    "not moving: " + String.join(", ", stalled),
                    bench.running(),
                    stuck);
        }
        return trouble == null
                ? new Health(state, started, "", bench.running(), stuck)
                : new Health(Health.State.BROKER_AWAY, trouble.since(), trouble.what(), bench.running(), stuck);
    }
}
