package dev.errand.cli.watch;

import dev.errand.AttemptError;
import dev.errand.TaskInfo;
import dev.errand.TaskState;
import dev.errand.broker.Broker;
import dev.errand.broker.Capability;
import dev.errand.broker.QueueControl;
import dev.errand.broker.QueueStats;
import dev.errand.broker.TaskFilter;
import dev.errand.broker.TaskStore;
import dev.errand.broker.WorkerRegistry;
import dev.errand.broker.WorkerRegistry.Registered;
import dev.errand.time.Time;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** Looks at a broker. */
final class Observer {
    private static final int FAILURES = 50;

    private final Broker broker;
    private final Time time;

    Observer(Broker broker, Time time) {
        this.broker = broker;
        this.time = time;
    }

    Snapshot look() {
        QueueStats stats = broker.extension(QueueStats.class).orElseThrow();
        List<Registered> workers = part(WorkerRegistry.class, Capability.WORKER_REGISTRY)
                .map(WorkerRegistry::workers)
                .orElse(List.of());
        Map<String, Instant> paused = part(QueueControl.class, Capability.PAUSE)
                .map(QueueControl::paused)
                .orElse(Map.of());
        List<Snapshot.QueueState> queues = new ArrayList<>();
        for (String name : stats.queues()) {
            queues.add(new Snapshot.QueueState(
                    name,
                    broker.profile().can(Capability.COUNTS)
                            ? stats.counts(name)
                            : Map.of(TaskState.PENDING, stats.depth(name)),
                    broker.profile().can(Capability.OLDEST_AGE) ? stats.oldestReady(name) : Optional.empty(),
                    Optional.ofNullable(paused.get(name)),
                    (int) workers.stream()
                            .filter(worker -> worker.spec().queues().containsKey(name))
                            .count()));
        }
        return new Snapshot(time.now(), queues, workers, failures());
    }

    private List<TaskInfo> failures() {
        return part(TaskStore.class, Capability.LIST)
                .map(store ->
                        store
                                .list(TaskFilter.ALL.in(TaskState.DEAD, TaskState.RETRY), Optional.empty(), FAILURES)
                                .items()
                                .stream()
                                .sorted(Comparator.comparing(Observer::failedAt).reversed())
                                .toList())
                .orElse(List.of());
    }

    static Instant failedAt(TaskInfo task) {
        return task.ended() != null
                ? task.ended()
                : task.lastError().map(AttemptError::at).orElse(task.envelope().created());
    }

    private <T> Optional<T> part(Class<T> port, Capability needed) {
        return broker.profile().can(needed) ? broker.extension(port) : Optional.empty();
    }
}
