package dev.errand.memory;

import dev.errand.TaskId;
import dev.errand.time.Signal;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** Who waits for which task's end. */
final class Watchers {
    private final Map<TaskId, List<Signal>> byTask = new HashMap<>();

    void add(TaskId task, Signal signal) {
        byTask.computeIfAbsent(task, id -> new ArrayList<>()).add(signal);
    }

    void remove(TaskId task, Signal signal) {
        byTask.computeIfPresent(task, (id, all) -> {
            all.remove(signal);
            return all.isEmpty() ? null : all;
        });
    }

    /** The task has ended or is gone. */
    void tell(TaskId task) {
        if (!byTask.isEmpty()) {
            byTask.getOrDefault(task, List.of()).forEach(Signal::raise);
        }
    }

    void tellAll() {
        byTask.values().forEach(all -> all.forEach(Signal::raise));
    }
}
