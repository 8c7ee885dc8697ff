package dev.errand.worker;

import dev.errand.CapabilityException;
import dev.errand.Health;
import dev.errand.TaskId;
import dev.errand.Worker;
import dev.errand.broker.Broker;
import dev.errand.broker.Delivery;
import dev.errand.broker.Intake;
import dev.errand.broker.Lease;
import dev.errand.broker.Signals;
import dev.errand.broker.Upkeep;
import dev.errand.broker.WorkerSpec;
import dev.errand.client.Codecs;
import dev.errand.time.Time;
import dev.errand.upkeep.Chores;
import dev.errand.worker.Attempt.Stop;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Consumer;
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
    private static final Duration SURPLUS_DELAY = Duration.ofSeconds(1);
    private static final Duration SUSPECT_SPREAD = Duration.ofSeconds(4);
    private static final Duration FLUSH = Duration.ofSeconds(4);
    private static final Duration STUCK_AFTER = Duration.ofSeconds(5);

    private final String id;
    private final WorkerConfig config;
    private final Time time;
    private final Consumer<Worker> onStopped;
    private final Outage outage;
    private final Intake intake;
    private final Bench bench;
    private final Pace pace;
    private final Judge judge;
    private final Suspects suspects;
    private final RandomGenerator random;
    private final Runner runner;
    private final Fetcher fetcher;
    private final Settler settler;
    private final LeaseKeeper leases;
    private final Optional<Chores> chores;
    private final Stopping stopping;
    private final Map<Attempt, Instant> interrupted = new ConcurrentHashMap<>();
    private final Instant started;
    /** Signals may come from the moment at which the intake is open, when the other parts do not exist yet. */
    private volatile boolean opened;

    private WorkerEngine(
            WorkerConfig config,
            Broker broker,
            Codecs codecs,
            Time time,
            RandomGenerator random,
            ChildEnqueuer children,
            Consumer<Worker> onStopped) {
        this.config = config;
        this.time = time;
        this.onStopped = onStopped;
        this.started = time.now();
        WorkerSpec spec = spec(config, started, random);
        this.id = spec.id();
        checkRunTime(broker, spec);
        this.outage = new Outage(time, random, spec.name());
        this.bench = new Bench(config);
        this.pace = new Pace(time, config.concurrency());
        this.random = random;
        this.suspects = new Suspects(config.crashLimit());
        this.judge = new Judge(time, random, id, config.crashLimit());
        this.chores = broker.extension(Upkeep.class).map(upkeep -> new Chores(upkeep, time, random, outage));
        this.intake = broker.open(spec, this);
        this.leases = new LeaseKeeper(intake, time, outage, config.lease(), suspects, this::stop);
        this.settler = new Settler(intake, judge, leases, time, outage, config.concurrency(), this::roomChanged);
        this.runner = new Runner(
                codecs, judge, time, config.middleware(), children, suspects, this::stop, settler::report, this::ended);
        this.fetcher = new Fetcher(
                intake,
                bench,
                pace,
                new QueueOrder(config.queues(), config.strict(), random),
                settler,
                time,
                outage,
                this::taken);
        this.stopping = new Stopping(time);
        this.opened = true;
    }

    /** Opens an intake and starts to take. */
    public static Worker start(
            WorkerConfig config,
            Broker broker,
            Codecs codecs,
            Time time,
            RandomGenerator random,
            ChildEnqueuer children,
            Consumer<Worker> onStopped) {
        WorkerEngine engine = new WorkerEngine(config, broker, codecs, time, random, children, onStopped);
        engine.leases.start();
        engine.settler.start();
        engine.fetcher.start();
        engine.chores.ifPresent(Chores::start);
        log.info(
                "Worker {} serves {} with {} handlers at once",
                engine.id,
                config.queues().keySet(),
                config.concurrency());
        return engine;
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
                    config.handlers().find(delivery.envelope().type()).orElse(null);
            if (handler == null && delivery.defect() == null) {
                bench.unknown(delivery.envelope().type());
            }
            Attempt attempt = new Attempt(delivery, handler, suspects.includes(delivery.envelope()), now);
            leases.hold(attempt);
            switch (bench.seat(attempt)) {
                case RUN -> runner.start(attempt);
                case WAIT -> {}
                case FULL -> giveBack(attempt, surplusDelay(attempt), "no room for it in this worker");
            }
        }
    }

    /** Suspects that wait for each other come back at different times, so that they are held for as little as can be. */
    private Duration surplusDelay(Attempt attempt) {
        return attempt.suspect ? SURPLUS_DELAY.plusMillis(random.nextLong(SUSPECT_SPREAD.toMillis())) : SURPLUS_DELAY;
    }

    private void giveBack(Attempt attempt, Duration delay, String why) {
        if (attempt.claim()) {
            settler.report(attempt, judge.release(attempt, delay, why));
        }
        interrupted.remove(attempt);
    }

    private void ended(Attempt attempt) {
        interrupted.remove(attempt);
        pace.finishedOne();
        if (attempt.stopped() == Stop.LOST) {
            leases.forget(attempt);
        }
        Attempt next = bench.leave(attempt);
        if (next != null) {
            runner.start(next);
        }
        if (bench.limits(attempt)) {
            fetcher.limitChanged();
        }
        fetcher.roomChanged();
        stopping.ended();
    }

    private void roomChanged() {
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
            watch(attempt);
        }
        if (attempt.claimed()) {
            // It ended meanwhile, perhaps before it was put down as interrupted.
            interrupted.remove(attempt);
        }
    }

    private void dropWaiting(Attempt attempt, Stop reason) {
        switch (reason) {
            case LOST -> leases.forget(attempt);
            case CANCEL -> settler.report(attempt, judge.cancelled(attempt, "cancelled before it ran"));
            default -> settler.report(attempt, judge.release(attempt, Duration.ZERO, "given back unstarted"));
        }
        fetcher.roomChanged();
    }

    /** Says it once if a handler does not heed its interrupt. */
    private void watch(Attempt attempt) {
        time.after(STUCK_AFTER, () -> {
            if (interrupted.containsKey(attempt)) {
                log.warn(
                        "Task {} of type {} (queue {}) was interrupted ({}) {} ago and has not ended; it keeps its slot until it does",
                        attempt.envelope().id(),
                        attempt.envelope().type(),
                        attempt.lease().queue(),
                        attempt.stopped(),
                        STUCK_AFTER);
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

    // ---- the three phases

    @Override
    public void stop(Duration drain, Duration interrupt) {
        if (!stopping.begin()) {
            stopping.awaitDone();
            return;
        }
        try {
            stopInPhases(drain, interrupt);
        } finally {
            stopping.done();
            onStopped.accept(this);
        }
    }

    private void stopInPhases(Duration drain, Duration interrupt) {
        log.info("Worker {} stops: {} running, waiting for them up to {}", id, bench.running(), drain);
        step("the fetcher", fetcher::stop);
        bench.close().forEach(waiting -> giveBack(waiting, Duration.ZERO, "its worker stopped"));
        if (!stopping.await(() -> bench.running() == 0, drain)) {
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
        step("the leases", leases::stop);
        step("the sign-off from the broker, which will notice by itself", intake::close);
        log.info("Worker {} has stopped", id);
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
            log.warn(
                    "Task {} of type {} (queue {}) ignores its interrupt; it is given back and may run twice",
                    attempt.envelope().id(),
                    attempt.envelope().type(),
                    attempt.lease().queue());
            settler.report(attempt, judge.release(attempt, Duration.ZERO, "its worker stopped and it did not end"));
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
        return trouble == null
                ? new Health(state, started, "", bench.running(), stuck)
                : new Health(Health.State.BROKER_AWAY, trouble.since(), trouble.what(), bench.running(), stuck);
    }
}
