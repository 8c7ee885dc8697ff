package dev.errand.observe;

import dev.errand.Notice;
import dev.errand.Notice.End;
import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.FunctionCounter;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Tags;
import io.micrometer.core.instrument.Timer;
import java.time.Duration;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.atomic.AtomicReferenceArray;
import java.util.concurrent.atomic.LongAdder;
import org.jspecify.annotations.Nullable;

/** The meters of one task type in one queue. Those of an outcome begin with its first time. Thread-safe. */
final class TaskMeters {
    private static final End[] ENDS = End.values();

    private record Outcome(LongAdder count, Timer run) {}

    private final MeterRegistry registry;
    private final Tags tags;
    private final List<Duration> runBuckets;
    private final LongAdder started = new LongAdder();
    private final Timer wait;
    private final AtomicReferenceArray<@Nullable Outcome> outcomes = new AtomicReferenceArray<>(ENDS.length);

    TaskMeters(MeterRegistry registry, Tags tags, List<Duration> waitBuckets, List<Duration> runBuckets) {
        this.registry = registry;
        this.tags = tags;
        this.runBuckets = runBuckets;
        FunctionCounter.builder("errand.tasks.started", started, LongAdder::sum)
                .tags(tags)
                .description("Handlers begun")
                .register(registry);
        this.wait = Timer.builder("errand.tasks.wait")
                .tags(tags)
                .description("From ready to the beginning of the handler")
                .serviceLevelObjectives(waitBuckets.toArray(Duration[]::new))
                .register(registry);
    }

    void enqueued(Notice.Enqueued notice) {
        enqueued("stored", notice.stored());
        enqueued("duplicate", notice.duplicates());
        enqueued("replaced", notice.replaced());
        enqueued("refused", notice.refused());
    }

    private void enqueued(String result, int count) {
        if (count > 0) {
            Counter.builder("errand.tasks.enqueued")
                    .tags(tags)
                    .tag("result", result)
                    .description("Tasks that this client has enqueued")
                    .register(registry)
                    .increment(count);
        }
    }

    void started(Notice.Started notice) {
        started.increment();
        Duration waited = notice.waited();
        if (waited != null) {
            wait.record(waited);
        }
    }

    void ended(Notice.Ended notice) {
        Outcome outcome = outcome(notice.end());
        outcome.count.increment();
        if (notice.took() != null) {
            outcome.run.record(notice.took());
        }
        if (notice.cause() != null) {
            Counter.builder("errand.tasks.dead")
                    .tags(tags)
                    .tag("cause", lower(notice.cause()))
                    .description("Tasks that became dead letters")
                    .register(registry)
                    .increment();
        }
    }

    private Outcome outcome(End end) {
        Outcome outcome = outcomes.get(end.ordinal());
        return outcome == null ? make(end) : outcome;
    }

    private synchronized Outcome make(End end) {
        Outcome there = outcomes.get(end.ordinal());
        if (there != null) {
            return there;
        }
        Tags own = tags.and("outcome", lower(end));
        LongAdder count = new LongAdder();
        FunctionCounter.builder("errand.tasks.ended", count, LongAdder::sum)
                .tags(own)
                .description("Attempts that have ended, and tasks that were given back unstarted")
                .register(registry);
        Timer run = Timer.builder("errand.tasks.run")
                .tags(own)
                .description("How long handlers ran")
                .serviceLevelObjectives(runBuckets.toArray(Duration[]::new))
                .register(registry);
        Outcome made = new Outcome(count, run);
        outcomes.set(end.ordinal(), made);
        return made;
    }

    void leaseLost() {
        Counter.builder("errand.leases.lost")
                .tags(tags)
                .description("Attempts whose task was taken from them; it may have run twice")
                .register(registry)
                .increment();
    }

    static String lower(Enum<?> value) {
        return value.name().toLowerCase(Locale.ROOT);
    }
}
