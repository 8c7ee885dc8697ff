package dev.errand.observe;

import dev.errand.Health;
import dev.errand.Worker;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.Meter;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Tags;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.ToDoubleFunction;

/** The gauges of this process's workers, while they run. Read at each scrape; that costs one short lock. Thread-safe. */
final class WorkerGauges {
    private record Watched(String name, List<Meter> meters) {}

    private final MeterRegistry registry;
    private final Tags tags;
    private final Map<String, Watched> watched = new HashMap<>();
    private final Set<String> names = new HashSet<>();

    WorkerGauges(MeterRegistry registry, Tags tags) {
        this.registry = registry;
        this.tags = tags;
    }

    synchronized void add(Worker worker) {
        if (watched.containsKey(worker.id())) {
            return;
        }
        String name = freeName(worker.name());
        Tags own = tags.and("worker", name);
        List<Meter> meters = new ArrayList<>();
        meters.add(gauge(
                worker,
                own,
                "concurrency",
                "Handlers at once, at most",
                w -> w.load().concurrency()));
        meters.add(gauge(worker, own, "running", "Slots in use", w -> w.load().running()));
        meters.add(
                gauge(worker, own, "free", "Slots that are free", w -> w.load().free()));
        meters.add(gauge(
                worker,
                own,
                "waiting",
                "Tasks taken ahead that wait for a slot",
                w -> w.load().waiting()));
        meters.add(gauge(
                worker,
                own,
                "settling",
                "Outcomes not written down yet",
                w -> w.load().settling()));
        meters.add(gauge(
                worker,
                own,
                "stuck",
                "Handlers that do not heed their interrupt",
                w -> w.health().stuck()));
        meters.add(gauge(
                worker,
                own,
                "up",
                "1 while it takes and runs, else 0",
                w -> w.health().state() == Health.State.RUNNING ? 1 : 0));
        watched.put(worker.id(), new Watched(name, meters));
    }

    private String freeName(String wanted) {
        String name = wanted;
        for (int i = 2; !names.add(name); i++) {
            name = wanted + "-" + i;
        }
        return name;
    }

    private Meter gauge(Worker worker, Tags own, String name, String what, ToDoubleFunction<Worker> value) {
        return Gauge.builder("errand.worker." + name, worker, value)
                .tags(own)
                .description(what)
                .strongReference(true)
                .register(registry);
    }

    synchronized void remove(String id) {
        Watched gone = watched.remove(id);
        if (gone != null) {
            names.remove(gone.name);
            gone.meters.forEach(registry::remove);
        }
    }

    synchronized void removeAll() {
        List.copyOf(watched.keySet()).forEach(this::remove);
    }
}
