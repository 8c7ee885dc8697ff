package dev.errand.redis;

import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.ConcurrentHashMap;

/**
 * The names of all queues. asynq's readers see a queue only if it is registered; an operator may remove one, so that each is
 * registered again every few seconds. Thread-safe.
 */
final class KnownQueues {
    private static final Duration AGAIN = Duration.ofSeconds(5);

    private final Link link;
    private final dev.errand.time.Time time;
    private final Map<String, Instant> registered = new ConcurrentHashMap<>();
    private volatile Set<String> all = Set.of();
    private volatile Instant looked = Instant.MIN;

    KnownQueues(Link link, dev.errand.time.Time time) {
        this.link = link;
        this.time = time;
    }

    /** Makes the queues visible to all, unless that was done lately. */
    void register(Collection<String> queues) {
        Instant now = time.now();
        List<byte[]> due = new ArrayList<>();
        for (String queue : queues) {
            Instant at = registered.get(queue);
            if (at == null || isOver(at, now)) {
                due.add(Keys.bytes(queue));
            }
        }
        if (due.isEmpty()) {
            return;
        }
        link.call(c -> c.sadd(Keys.QUEUES, due.toArray(byte[][]::new)));
        queues.forEach(queue -> registered.put(queue, now));
        looked = Instant.MIN;
    }

    /** All of them as they are now, by name. */
    List<String> now() {
        Set<String> names = new TreeSet<>();
        for (byte[] name : link.call(c -> c.smembers(Keys.QUEUES))) {
            names.add(Keys.text(name));
        }
        all = Set.copyOf(names);
        registered.keySet().retainAll(names); // a removed queue is made visible again by its next task
        looked = time.now();
        return List.copyOf(names);
    }

    /** All of them as they were a few seconds ago, and those of this process. */
    Set<String> lately() {
        if (looked.equals(Instant.MIN) || isOver(looked, time.now())) {
            now();
        }
        return all;
    }

    /** All of them as they were when somebody last looked; asks nobody. */
    Set<String> lastSeen() {
        return all;
    }

    private static boolean isOver(Instant at, Instant now) {
        return at.isAfter(now) || at.plus(AGAIN).isBefore(now);
    }
}
