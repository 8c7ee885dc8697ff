package dev.errand.observe;

import dev.errand.ConfigurationException;
import dev.errand.Errand;
import dev.errand.Listener;
import dev.errand.Notice;
import dev.errand.time.Time;
import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.FunctionCounter;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.Meter;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Tags;
import io.micrometer.core.instrument.Timer;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * The metrics of one client and its workers, in a Micrometer registry: <pre>{@code
 * Errand.connect(url, c -> c.listener(ErrandMetrics.in(registry)))
 * }</pre>
 *
 * Counters and timers follow the notices that it hears; gauges of workers are read when the registry is; gauges of queues come
 * from a poll of its own. All of them are listed in {@code docs/observability.md}. The number of meters is bounded. Gauges are
 * removed when the client closes; counters and timers stay, because they are the registry's. Thread-safe.
 */
public final class ErrandMetrics implements Listener {
    private record Kind(String type, String queue) {}

    private record Latest(String type, String queue, TaskMeters meters) {}

    private record Failure(String type, String exception) {}

    private record Schedule(String name, boolean enqueued) {}

    private record Event(String name, String result) {}

    private final MeterRegistry registry;
    private final Tags tags;
    private final Time time;
    private final Duration pollEvery;
    private final int limit;
    private final Bounded<Kind, TaskMeters> tasks;
    private final Bounded<Failure, Counter> failures;
    private final Bounded<Schedule, Timer> schedules;
    private final Bounded<Event, Counter> events;
    private final BrokerMeters broker;
    private final Counter recovered;
    private final Counter dropped;
    private final WorkerGauges workers;
    private final List<Meter> own = new ArrayList<>();
    private final AtomicReference<@Nullable Errand> client = new AtomicReference<>();
    /** Mostly the next notice is about the same type and queue as the last. */
    private volatile @Nullable Latest latest;

    private volatile @Nullable QueuePoll poll;
    private volatile @Nullable QueueGauges queues;

    private ErrandMetrics(MeterRegistry registry, MetricsOptions chosen) {
        this.registry = registry;
        this.tags = chosen.tags;
        this.time = chosen.time;
        this.pollEvery = chosen.pollEvery;
        this.limit = chosen.limit;
        this.tasks = new Bounded<>(
                "pairs of task type and queue",
                limit,
                new Kind(Bounded.OTHER, Bounded.OTHER),
                kind -> new TaskMeters(
                        registry,
                        tags.and("type", kind.type, "queue", kind.queue),
                        chosen.waitBuckets,
                        chosen.runBuckets));
        this.failures = new Bounded<>(
                "pairs of task type and exception",
                limit,
                new Failure(Bounded.OTHER, Bounded.OTHER),
                failure -> counter(
                        "errand.tasks.failures",
                        tags.and("type", failure.type, "exception", failure.exception),
                        "Attempts whose handler threw, by the exception's class"));
        this.schedules = new Bounded<>(
                "schedules",
                limit,
                new Schedule(Bounded.OTHER, true),
                schedule -> Timer.builder("errand.schedules.late")
                        .tags(tags.and("schedule", schedule.name, "enqueued", String.valueOf(schedule.enqueued)))
                        .description("By how much due times were handled late")
                        .register(registry));
        this.events = new Bounded<>(
                "events",
                limit,
                new Event(Bounded.OTHER, "stored"),
                event -> counter(
                        "errand.events.published",
                        tags.and("event", event.name, "result", event.result),
                        "Events that this client has published"));
        this.broker = new BrokerMeters(registry, tags, limit);
        this.recovered = counter("errand.tasks.recovered", tags, "Tasks taken back from dead or stalled workers");
        this.dropped = counter("errand.dead.letters.dropped", tags, "Dead letters dropped: too many, or too old");
        this.workers = new WorkerGauges(registry, tags);
    }

    private Counter counter(String name, Tags with, String what) {
        return Counter.builder(name).tags(with).description(what).register(registry);
    }

    /** In this registry. */
    public static ErrandMetrics in(MeterRegistry registry) {
        return in(registry, o -> {});
    }

    /** The same with settings. */
    public static ErrandMetrics in(MeterRegistry registry, Consumer<MetricsOptions> settings) {
        MetricsOptions chosen = new MetricsOptions();
        settings.accept(chosen);
        return new ErrandMetrics(registry, chosen);
    }

    @Override
    public void on(Notice notice) {
        switch (notice) {
            case Notice.Started started -> of(started.run()).started(started);
            case Notice.Ended ended -> ended(ended);
            case Notice.Enqueued enqueued ->
                tasks.of(new Kind(enqueued.type(), enqueued.queue())).enqueued(enqueued);
            case Notice.Published published -> published(published);
            case Notice.BrokerCall call -> broker.called(call);
            case Notice.LeaseLost lost -> of(lost.run()).leaseLost();
            case Notice.Recovered back -> recovered.increment(back.tasks());
            case Notice.DeadLettersDropped gone -> dropped.increment(gone.tasks());
            case Notice.Fired fired ->
                schedules.of(new Schedule(fired.schedule(), fired.enqueued())).record(fired.late());
            case Notice.WorkerStarted worker -> started(worker.worker());
            case Notice.WorkerStopped worker -> workers.remove(worker.worker());
        }
    }

    private void published(Notice.Published published) {
        if (published.stored() > 0) {
            events.of(new Event(published.event(), "stored")).increment(published.stored());
        }
        if (published.refused() > 0) {
            events.of(new Event(published.event(), "refused")).increment(published.refused());
        }
    }

    private TaskMeters of(Notice.Run run) {
        Latest before = latest;
        if (before != null && before.type.equals(run.type()) && before.queue.equals(run.queue())) {
            return before.meters;
        }
        TaskMeters meters = tasks.of(new Kind(run.type(), run.queue()));
        latest = new Latest(run.type(), run.queue(), meters);
        return meters;
    }

    private void ended(Notice.Ended ended) {
        of(ended.run()).ended(ended);
        Throwable failure = ended.failure();
        if (failure != null) {
            failures.of(new Failure(ended.run().type(), simpleName(failure))).increment();
        }
    }

    private static String simpleName(Throwable failure) {
        String name = failure.getClass().getName();
        return name.substring(name.lastIndexOf('.') + 1);
    }

    private void started(String id) {
        Errand errand = client.get();
        if (errand != null) {
            errand.ownWorkers().stream().filter(w -> w.id().equals(id)).forEach(workers::add);
        }
    }

    /**
     * Begins to measure the client's broker.
     *
     * @throws ConfigurationException for a second client; each needs metrics of its own, with a tag that tells them apart
     */
    @Override
    public void connected(Errand errand) {
        if (!client.compareAndSet(null, errand)) {
            throw new ConfigurationException(
                    "These metrics are of another client already; make one for each, with a tag(…) that tells them apart");
        }
        own.add(FunctionCounter.builder("errand.listeners.missed", errand, Errand::listenersMissed)
                .tags(tags)
                .description(
                        "Notices that listeners were too slow for; the metrics lack them, too, if these are among them")
                .register(registry));
        if (pollEvery.isZero()) {
            return;
        }
        QueuePoll asking = new QueuePoll(errand, time, pollEvery, limit, this::found);
        poll = asking;
        queues = new QueueGauges(registry, tags, time, asking::look);
        own.add(Gauge.builder("errand.broker.up", asking, p -> p.up() ? 1 : 0)
                .tags(tags)
                .description("1 if the broker has answered the last question about its queues, else 0")
                .strongReference(true)
                .register(registry));
        asking.start();
    }

    private void found(String queue) {
        QueueGauges gauges = queues;
        if (gauges != null) {
            gauges.add(queue);
        }
    }

    /** Whether the broker has answered of late; true if it is never asked. */
    boolean brokerUp() {
        QueuePoll asking = poll;
        return asking == null || asking.up();
    }

    @Override
    public void closed() {
        QueuePoll asking = poll;
        QueueGauges gauges = queues;
        if (asking != null) {
            asking.stop();
        }
        if (gauges != null) {
            gauges.removeAll();
        }
        workers.removeAll();
        own.forEach(registry::remove);
        time.close();
    }
}
