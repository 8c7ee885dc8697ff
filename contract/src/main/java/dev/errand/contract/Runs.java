package dev.errand.contract;

import dev.errand.TaskContext;
import dev.errand.TaskId;
import dev.errand.broker.AttemptToken;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;

/** Who ran, in which order, and how many at once. Thread-safe. */
final class Runs {
    record Run(String payload, TaskId id, int attempt, int crashes, AttemptToken token, String queue) {}

    private final List<Run> all = new ArrayList<>();
    private final Map<String, Integer> running = new HashMap<>();
    private final Map<String, Integer> peak = new HashMap<>();

    synchronized Run begin(String payload, TaskContext task) {
        Run run = new Run(payload, task.id(), task.attempt(), task.crashes(), task.token(), task.queue());
        all.add(run);
        for (String what : List.of("all", "queue " + task.queue(), "type " + task.type())) {
            int now = running.merge(what, 1, Integer::sum);
            peak.merge(what, now, Math::max);
        }
        notifyAll();
        return run;
    }

    synchronized void end(TaskContext task) {
        for (String what : List.of("all", "queue " + task.queue(), "type " + task.type())) {
            running.merge(what, -1, Integer::sum);
        }
    }

    synchronized List<Run> all() {
        return List.copyOf(all);
    }

    synchronized List<Run> of(TaskId id) {
        return all.stream().filter(r -> r.id().equals(id)).toList();
    }

    synchronized List<String> payloads() {
        return all.stream().map(Run::payload).toList();
    }

    synchronized int count() {
        return all.size();
    }

    synchronized int distinct() {
        return new HashSet<>(all.stream().map(Run::id).toList()).size();
    }

    synchronized int running(String what) {
        return running.getOrDefault(what, 0);
    }

    synchronized int peak(String what) {
        return peak.getOrDefault(what, 0);
    }
}
