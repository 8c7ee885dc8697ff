package dev.errand.observe;

import dev.errand.TaskState;
import dev.errand.time.Time;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.Meter;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Tags;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.function.Function;
import java.util.function.ToDoubleFunction;
import org.jspecify.annotations.Nullable;

/** The gauges of the broker's queues: what the poll knows, and no number where it knows nothing. Thread-safe. */
final class QueueGauges {
    private final MeterRegistry registry;
    private final Tags tags;
    private final Time time;
    private final Function<String, @Nullable QueueLook> looks;
    private final Set<String> known = new HashSet<>();
    private final List<Meter> meters = new ArrayList<>();
    private boolean removed;

    QueueGauges(MeterRegistry registry, Tags tags, Time time, Function<String, @Nullable QueueLook> looks) {
        this.registry = registry;
        this.tags = tags;
        this.time = time;
        this.looks = looks;
    }

    synchronized void add(String queue) {
        if (removed || !known.add(queue)) {
            return;
        }
        Tags own = tags.and("queue", queue);
        gauge("errand.queue.depth", own, "Tasks that are ready", queue, QueueLook::depth);
        gauge(
                "errand.queue.oldest.age",
                own,
                "Seconds for which the oldest ready task has been ready",
                queue,
                this::age);
        gauge("errand.queue.paused", own, "1 if the queue is held back, else 0", queue, look -> look.paused() ? 1 : 0);
        for (TaskState state : TaskState.values()) {
            gauge(
                    "errand.queue.tasks",
                    own.and("state", TaskMeters.lower(state)),
                    "Tasks in a state; state=\"dead\" are the dead letters",
                    queue,
                    look -> look.counts() == null ? Double.NaN : look.counts().getOrDefault(state, 0L));
        }
    }

    private void gauge(String name, Tags own, String what, String queue, ToDoubleFunction<QueueLook> value) {
        Gauge.Builder<?> builder = Gauge.builder(name, queue, q -> {
                    QueueLook look = looks.apply(q);
                    return look == null ? Double.NaN : value.applyAsDouble(look);
                })
                .tags(own)
                .description(what)
                .strongReference(true);
        if (name.endsWith(".age")) {
            builder.baseUnit("seconds");
        }
        meters.add(builder.register(registry));
    }

    private double age(QueueLook look) {
        Instant oldest = look.oldest();
        if (oldest == null) {
            return look.aged() ? 0 : Double.NaN;
        }
        return Math.max(0, Duration.between(oldest, time.now()).toMillis() / 1_000.0);
    }

    synchronized void removeAll() {
        removed = true;
        meters.forEach(registry::remove);
        meters.clear();
    }
}
