package dev.errand.explain;

import dev.errand.TaskInfo;
import dev.errand.TaskState;
import dev.errand.broker.TaskFilter;
import dev.errand.broker.TaskStore;
import dev.errand.broker.WorkerRegistry.Registered;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/** Looks at the newest waiting and running tasks for what no worker can run, what is late, and what runs for too long. */
final class TaskCheck {
    private static final int LOOK = 1_000;
    private static final Duration LATE = Duration.ofSeconds(30);
    private static final Duration OVER = Duration.ofMinutes(1);

    private final TaskStore store;
    private final Sight sight;

    TaskCheck(TaskStore store, Sight sight) {
        this.store = store;
        this.sight = sight;
    }

    List<Finding> findings() {
        List<Finding> findings = new ArrayList<>();
        List<TaskInfo> waiting = list(TaskState.PENDING, TaskState.RETRY);
        if (sight.knowsWorkers()) {
            findings.addAll(unknownTypes(waiting));
        }
        List<TaskInfo> due = new ArrayList<>(waiting);
        due.addAll(list(TaskState.SCHEDULED));
        overdue(due).ifPresent(findings::add);
        tooLong().ifPresent(findings::add);
        return findings;
    }

    private List<TaskInfo> list(TaskState... states) {
        return store.list(TaskFilter.ALL.in(states), Optional.empty(), LOOK).items();
    }

    private List<Finding> unknownTypes(List<TaskInfo> waiting) {
        Map<String, Map<String, Integer>> unknown = new TreeMap<>();
        for (TaskInfo task : waiting) {
            List<Registered> serving = sight.serving(task.queue());
            if (!serving.isEmpty() && serving.stream().noneMatch(w -> Sight.knows(w, task.type()))) {
                unknown.computeIfAbsent(task.type(), type -> new TreeMap<>()).merge(task.queue(), 1, Integer::sum);
            }
        }
        List<Finding> findings = new ArrayList<>();
        unknown.forEach((type, queues) -> queues.forEach((queue, count) -> findings.add(Finding.bad(
                "type-unknown",
                "No worker of the queue " + queue + " has a handler for the type " + type + " ("
                        + Span.count(count, "waiting task") + ").",
                "Deploy a worker that handles it, or add an alias to the type that does"))));
        return findings;
    }

    private Optional<Finding> overdue(List<TaskInfo> waiting) {
        Instant limit = sight.now().minus(LATE);
        List<TaskInfo> late = waiting.stream()
                .filter(task -> task.due() != null && task.due().isBefore(limit))
                .toList();
        return late.isEmpty()
                ? Optional.empty()
                : Optional.of(
                        Finding.bad(
                                "overdue",
                                Span.count(late.size(), "task") + " should have become ready more than " + Span.of(LATE)
                                        + " ago, such as "
                                        + late.getFirst().id() + ".",
                                "Only workers make due tasks ready: see that one is alive, and look at its log for the timekeeper"));
    }

    private Optional<Finding> tooLong() {
        List<TaskInfo> over = list(TaskState.ACTIVE).stream()
                .filter(task -> task.started() != null
                        && task.started()
                                .plus(task.envelope().policy().timeout())
                                .plus(OVER)
                                .isBefore(sight.now()))
                .toList();
        return over.isEmpty()
                ? Optional.empty()
                : Optional.of(Finding.warn(
                                "task-stuck",
                                Span.count(over.size(), "task") + " held for longer than the timeout says.",
                                "Their handlers ignore their interrupt, or their types have a longer timeout now; ask explain about one")
                        .with(over.stream()
                                .limit(10)
                                .map(task -> task.id() + " of type " + task.type() + " in the queue " + task.queue())
                                .toList()));
    }
}
