package dev.errand.redis;

import dev.errand.broker.Envelope;
import dev.errand.broker.Lease;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** What one worker holds, in the order of its takes. Thread-safe. */
final class Held {
    /** A task that runs. */
    record Run(Lease lease, Envelope task, Instant started) {}

    /** Ids are one across queues for us, but not for asynq's clients. */
    private record Place(String queue, String id) {}

    private final Map<Place, Run> runs = new LinkedHashMap<>();

    private static Place place(Lease lease) {
        return new Place(lease.queue(), lease.task().value());
    }

    synchronized void add(Run run) {
        runs.remove(place(run.lease()));
        runs.put(place(run.lease()), run);
    }

    /** Forgets this attempt; a newer one of the same task stays. */
    synchronized void remove(Lease lease) {
        Run run = runs.get(place(lease));
        if (run != null && run.lease().equals(lease)) {
            runs.remove(place(lease));
        }
    }

    synchronized @Nullable Run get(Lease lease) {
        Run run = runs.get(place(lease));
        return run != null && run.lease().equals(lease) ? run : null;
    }

    synchronized boolean holds(String id) {
        return runs.keySet().stream().anyMatch(place -> place.id.equals(id));
    }

    /** Where a task was taken from; null if it is not held. */
    synchronized @Nullable String queueOf(String id) {
        for (Place place : runs.keySet()) {
            if (place.id.equals(id)) {
                return place.queue;
            }
        }
        return null;
    }

    synchronized List<Run> all() {
        return new ArrayList<>(runs.values());
    }

    /** Those taken first. */
    synchronized List<Run> oldest(int most) {
        return runs.values().stream().limit(most).toList();
    }

    synchronized int size() {
        return runs.size();
    }
}
